/** What a shell reports of a program whose reader has gone. */
const SIGPIPE = 141;

/** Ends the process quietly when nobody reads what it writes any more, as in `… | head`. */
export function endWithReader({ stdout }: Pick<NodeJS.Process, 'stdout'>, exit: (code: number) => void): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit(SIGPIPE);
  });
}
