/** A line across. */
export const Rule = () => <hr />;
