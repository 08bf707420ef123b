/** Up and down move the focus in a list of the topology, left and right to the other list. */
export function moveInTopology(event: KeyboardEvent & { readonly currentTarget: SVGSVGElement }): void {
  const focused = (event.target as Element).closest<SVGElement>('[role=button]');
  const list = focused?.closest('[role=list]');
  if (focused === null || list === null || list === undefined) return;
  const next = nextButton(event.key, focused, list, event.currentTarget);
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function nextButton(
  key: string,
  focused: SVGElement,
  list: Element,
  drawing: SVGSVGElement,
): SVGElement | undefined {
  const buttons = buttonsOf(list);
  const index = buttons.indexOf(focused);
  switch (key) {
    case 'ArrowDown':
      return buttons[index + 1];
    case 'ArrowUp':
      return buttons[index - 1];
    case 'Home':
      return buttons[0];
    case 'End':
      return buttons.at(-1);
    case 'ArrowLeft':
    case 'ArrowRight': {
      const other = [...drawing.querySelectorAll('[role=list]')].find((one) => one !== list);
      return other && buttonsOf(other)[0];
    }
    default:
      return undefined;
  }
}

function buttonsOf(list: Element): SVGElement[] {
  return [...list.querySelectorAll<SVGElement>('[role=button]')];
}
