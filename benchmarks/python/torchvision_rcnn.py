#!/usr/bin/env python3
"""torchvision's fasterrcnn_resnet50_fpn, eager, with random weights: the baseline of FullWidthBenchmark.

save FILE          writes its state dict (about 160 MB)
time FILE [N]      median seconds of N frames of 800 x 1333 (default 5), two threads

Debian: apt-get install python3-torchvision libopenblas0-pthread; run with /usr/bin/python3.
"""
import statistics
import sys
import time

import torch
import torchvision


def model():
    torch.manual_seed(1)
    built = torchvision.models.detection.fasterrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=81, min_size=800, max_size=1333
    )
    # Random frozen statistics, else activations die out and the later stages have nothing to do.
    for name, value in built.state_dict().items():
        if name.endswith("running_var"):
            value.fill_(1.0)
    return built.eval()


def main():
    command, file = sys.argv[1:3]
    if command == "save":
        torch.save(model().state_dict(), file)
        return
    torch.set_num_threads(2)
    detector = model()
    detector.load_state_dict(torch.load(file))
    frame = torch.rand(3, 800, 1333, generator=torch.Generator().manual_seed(2))
    seconds = []
    with torch.no_grad():
        detector([frame])
        for _ in range(int(sys.argv[3]) if len(sys.argv) > 3 else 5):
            start = time.perf_counter()
            found = detector([frame])[0]
            seconds.append(time.perf_counter() - start)
    print(f"{statistics.median(seconds):.3f} s a frame, {len(found['scores'])} detections")


main()
