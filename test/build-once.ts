import { execFileSync } from 'node:child_process';

/** Examples, documentation and the package are tested as users get them: compiled. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
