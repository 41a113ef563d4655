#!/usr/bin/env bash
# Faster R-CNN R50-FPN at full width with random weights: ours compiled against torchvision's eager, in turns, two threads each.
# Needs torchvision (Debian: apt-get install python3-torchvision libopenblas0-pthread) and what `mvn -B -DskipTests package` builds.
#   benchmarks/full-width.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
rounds=${1:-3}
weights=$(mktemp -d)
trap 'rm -rf "$weights"' EXIT
python=${PYTHON:-/usr/bin/python3}
"$python" benchmarks/python/torchvision_rcnn.py save "$weights/frcnn.pth"
du -m "$weights/frcnn.pth" | awk '{print "checkpoint: " $1 " MB"}'
for ((round = 1; round <= rounds; round++)); do
  echo -n "torchvision eager: "
  "$python" benchmarks/python/torchvision_rcnn.py time "$weights/frcnn.pth" 5
  echo "Millrace compiled:"
  java -Xmx2g -cp "benchmarks/target/classes:pipeline/target/millrace/lib/*" dev.millrace.benchmarks.FullWidthBenchmark \
    configs/coco-detection/faster_rcnn_R_50_FPN_3x.yaml "$weights" 5 \
    model.weights.file=frcnn.pth model.weights.url=null engine.mode=compiled engine.device=cpu engine.threads=2 \
    model.architecture.backbone.bottomUp.strideIn1x1=false model.architecture.roiHeads.boxPooler.samplingRatio=2 \
    'model.architecture.pixelStd=[58.395, 57.12, 57.375]' 2>&1 | sed 's/^/  /'
done
