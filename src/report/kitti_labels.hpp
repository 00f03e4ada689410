// Detections as KITTI object labels (type, truncated, occluded, alpha, bbox, h w l, location,
// rotation_y, score; Geiger et al. 2012, object devkit).
#pragma once

#include <span>
#include <string>

#include "cloud/kitti_calib.hpp"
#include "colonnade/box.hpp"
#include "report/kitti_box.hpp"

namespace colonnade {

/// One line a box. Truncated and occluded are -1 (unknown), as the devkit expects of results.
/// The box in the image surrounds the box's part before the camera, clipped to the image; -1s where
/// nothing of it is seen.
/// Without a calibration location and rotation follow from KITTI's nominal axes (camera x right,
/// y down, z ahead, both sensors in one place), bboxes are -1: fit to look at, not to be scored.
std::string kitti_labels(const Detections& detections, std::span<const std::string> classes,
                         const KittiCalib* calib, const ImageSize& image = {});

}  // namespace colonnade
