import express, { type Router } from 'express';

/** What is measured, as text. */
export interface MetricsPage {
  contentType: string;
  page(): Promise<string>;
}

/** For a listener of its own: what is measured is not for those who reach the bot. */
export function metricsRouter(metrics: MetricsPage): Router {
  const router = express.Router();
  router.get('/metrics', async (_request, response) => {
    response.set('content-type', metrics.contentType).end(await metrics.page());
  });
  return router;
}
