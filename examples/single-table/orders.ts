import { all, changed, type EntityRoutes, expired, not, type RecordOf } from 'streamlane';
import type { app } from './app.ts';
import { announce } from './sinks.ts';

/** A condition of its own, for the MODIFY records of orders. */
const becamePaid = changed<RecordOf<typeof app, 'order', 'MODIFY'>>('status', { from: 'OPEN', to: 'PAID' });

export const orders = (routes: EntityRoutes<typeof app, 'order'>) =>
  routes
    .onInsert(announce(({ newImage: { orderId, total } }) => ({ type: 'OrderPlaced', orderId, total })))
    .onModify(
      all(becamePaid, not(changed('total'))),
      announce(({ newImage: { orderId } }) => ({ type: 'OrderPaid', orderId })),
    )
    .onRemove(
      not(expired),
      announce(({ oldImage: { orderId } }) => ({ type: 'OrderCancelled', orderId })),
    );

export const lines = (routes: EntityRoutes<typeof app, 'line'>) =>
  routes.onModify(
    changed(['sku', 'quantity']),
    announce(({ newImage: { orderId, sku, quantity } }) => ({ type: 'LineChanged', orderId, sku, quantity })),
  );
