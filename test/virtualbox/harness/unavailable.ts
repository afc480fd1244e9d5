/** This host cannot run the test at all: that is neither a pass nor a failure. */
export class Unavailable extends Error {}

/** EX_UNAVAILABLE of sysexits(3). */
export const unavailableStatus = 69;
