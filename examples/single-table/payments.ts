import type { EntityRoutes } from 'streamlane';
import type { app } from './app.ts';
import { announce } from './sinks.ts';

export const payments = (routes: EntityRoutes<typeof app, 'payment'>) =>
  routes.onInsert(
    announce(({ newImage: { orderId, amount } }) => ({ type: 'PaymentReceived', orderId, amount })),
  );
