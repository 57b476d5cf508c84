/** A user who is not root; whoever runs the tests as another user is meant then. */
export const OTHER = 12345;
