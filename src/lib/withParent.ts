/** An argument of `main.js`: with it the process says when it listens, and ends when the process that started it is gone. */
export const WITH_PARENT = '--with-parent';
