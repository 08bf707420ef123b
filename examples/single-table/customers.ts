import { changed, type EntityRoutes } from 'streamlane';
import type { app } from './app.ts';

export const customers = (routes: EntityRoutes<typeof app, 'customer'>) =>
  routes.onModify(changed('plan', { to: 'pro' }), ({ newImage: { name, since } }) => {
    console.log(`Dear ${name}, thank you for your trust since ${since.getUTCFullYear()}. You are a pro now.`);
  });
