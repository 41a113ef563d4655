package dev.millrace.connectors.video;

import java.util.OptionalLong;

/**
 * What a video says of itself.
 *
 * @param width columns
 * @param height rows
 * @param frameRate frames a second; 25 where it does not say, 1 for a folder of pictures
 * @param frames how many there are: as the file says or by its length; empty for a live source
 * @param live whether frames come at the source's own pace
 */
public record VideoInfo(
    int width, int height, double frameRate, OptionalLong frames, boolean live) {}
