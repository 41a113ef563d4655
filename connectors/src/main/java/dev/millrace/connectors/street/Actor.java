package dev.millrace.connectors.street;

/**
 * Something that moves or could, at one moment.
 *
 * @param look what its shape and colours are chosen by
 * @param track the same for the same thing at other moments
 * @param x of its middle, metres
 * @param z height of the ground there
 * @param aheadX unit vector of where it heads
 * @param phase of steps or pedals, radians
 * @param vigour 0: it stands, 1: it walks
 * @param presence 0: not yet or no more there, 1: wholly there
 */
record Actor(
    StreetClass kind,
    long look,
    int track,
    double x,
    double y,
    double z,
    double aheadX,
    double aheadY,
    double phase,
    double vigour,
    double presence,
    boolean braking) {}
