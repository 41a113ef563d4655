package dev.millrace.components.modeling;

/**
 * A part of a frame in panoptic segmentation, where every pixel belongs to one part at most.
 *
 * @param id from 1
 * @param thing whether it is an object that can be counted; else stuff, such as sky
 * @param classId index among the things' or the stuff's classes
 * @param label the class's name
 * @param score confidence of a thing, 0 to 1; 1 for stuff
 * @param area in source pixels
 * @param mask its pixels
 */
public record Segment(
    int id, boolean thing, int classId, String label, float score, int area, Mask mask) {}
