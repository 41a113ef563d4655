package dev.millrace.connectors.street;

/** All that does not change while a scene plays. Immutable. */
record Scene(
    int width,
    int height,
    int margin,
    Viewpoint viewpoint,
    Weather weather,
    Daylight daylight,
    Lens lens,
    Street street,
    Light light,
    GroundLight ground,
    Traffic traffic,
    Backdrop backdrop) {}
