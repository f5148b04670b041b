/** Told to `main.js`: it says when it listens, and ends when the process that started it is gone. */
export const WITH_PARENT = '--with-parent';
