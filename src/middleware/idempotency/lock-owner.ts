import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { errorName } from './store-failure.ts';

/** The attribute of a lock that says which invocation took it. A note keeps it. */
const OWNER = 'lock_owner';

type Item = Readonly<Record<string, unknown>>;

/** The input of a command: of PutItem, GetItem or DeleteItem. */
interface Input {
  readonly Item?: Item;
}

interface Args {
  readonly input: Input;
}

interface Result {
  readonly output: { readonly Item?: Item };
}

type Next = (args: Args) => Promise<Result>;

/**
 * The parts of a DynamoDBPersistenceLayer that are read. Its types say `private`: where a version has other parts,
 * locks have no owner, as those of other stores.
 */
interface DynamoDBLayer {
  readonly client: {
    readonly middlewareStack: {
      add(middleware: (next: Next) => Next, options: { readonly step: 'initialize' }): void;
    };
  };
  readonly statusAttr: string;
  readonly inProgressExpiryAttr: string;
}

/** The call of a layer that code runs for: a layer hands nothing on to its client, and gives nothing back of an item but what it knows. */
const CURRENT: AsyncLocalStorage<StoreCall> = new AsyncLocalStorage();

/** Clients with the middleware. */
const watched: WeakSet<object> = new WeakSet();

/**
 * Lets the locks of a DynamoDBPersistenceLayer have owners: adds a middleware to its client, which changes only the calls for
 * a lock. Powertools adds one of its own to the same client.
 */
export function watchClient(layer: object): void {
  if (!isDynamoDB(layer) || watched.has(layer.client)) return;
  watched.add(layer.client);
  const middleware = (next: Next): Next => {
    return (args) => CURRENT.getStore()?.through(args, next) ?? next(args);
  };
  layer.client.middlewareStack.add(middleware, { step: 'initialize' });
}

/** Whose lock it is: the invocation that has this object. */
export class LockOwner {
  readonly #id: string = randomUUID();
  readonly #layer: Partial<DynamoDBLayer>;
  #sent = false;

  constructor(layer: object) {
    this.#layer = layer;
  }

  /** Says if a put carried the owner. */
  get sent(): boolean {
    return this.#sent;
  }

  /** Calls the layer for a put or a get. */
  call(): StoreCall {
    const { inProgressExpiryAttr = '' } = this.#layer;
    const stamped = (input: Input): Input => {
      // A layer may write something else beside the lock.
      if (input.Item?.[inProgressExpiryAttr] === undefined) return input;
      this.#sent = true;
      return { ...input, Item: { ...input.Item, [OWNER]: { S: this.#id } } };
    };
    return new StoreCall(this.#id, stamped);
  }

  /** Deletes the lock with the layer's own delete, and nothing else that the store may hold by now. */
  async delete(call: () => Promise<void>): Promise<void> {
    const condition = {
      ConditionExpression: '#owner = :owner AND #status = :inProgress',
      ExpressionAttributeNames: { '#owner': OWNER, '#status': this.#layer.statusAttr },
      ExpressionAttributeValues: { ':owner': { S: this.#id }, ':inProgress': { S: 'INPROGRESS' } },
    };
    try {
      await new StoreCall(this.#id, (input) => ({ ...input, ...condition })).run(call);
    } catch (error) {
      // The lock is gone, or it is another sandbox's.
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
    }
  }
}

/** One call of a persistence layer, as its client sees it. */
export class StoreCall {
  readonly #id: string;
  readonly #change: (input: Input) => Input;
  #seen: Item | undefined;

  constructor(id: string, change: (input: Input) => Input) {
    this.#id = id;
    this.#change = change;
  }

  /** Says if the item that the call met is this owner's lock. Undefined where the client has not shown it. */
  get isOwn(): boolean | undefined {
    return this.#seen === undefined
      ? undefined
      : (this.#seen[OWNER] as { S?: string } | undefined)?.S === this.#id;
  }

  run<T>(call: () => Promise<T>): Promise<T> {
    return CURRENT.run(this, call);
  }

  /** Sends a command of the call. */
  async through(args: Args, next: Next): Promise<Result> {
    try {
      const result = await next({ ...args, input: this.#change(args.input) });
      this.#seen = result.output.Item;
      return result;
    } catch (error) {
      // DynamoDB shows the item that a put met.
      this.#seen = (error as { readonly Item?: Item }).Item;
      throw error;
    }
  }
}

function isDynamoDB(layer: Partial<DynamoDBLayer>): layer is DynamoDBLayer {
  return (
    typeof layer.client?.middlewareStack?.add === 'function' &&
    typeof layer.statusAttr === 'string' &&
    typeof layer.inProgressExpiryAttr === 'string'
  );
}
