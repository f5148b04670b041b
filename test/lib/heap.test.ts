import { expect, it } from '@jest/globals';
import { inProcess } from '../support/inProcess.ts';

it('a process whose garbage was collected goes on, and can end', async () => {
  const written = await inProcess(`
    import { collectGarbage } from './src/lib/heap.ts';
    await collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 1));
    process.stdout.write('goes on');
    process.exit(0);
  `);
  expect(written).toBe('goes on');
});
