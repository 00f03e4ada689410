// A front camera of KITTI's kind: what its sweeps are cropped to, and what its labels are drawn in.
#pragma once

#include "cloud/kitti_calib.hpp"
#include "report/kitti_box.hpp"
#include "simulator/draw.hpp"

namespace colonnade::simulator {

struct Camera {
  KittiCalib calib;
  ImageSize image;
};

/// 0.27 m ahead of the LiDAR, 0.08 m under it, pitched by 0.6 degrees as KITTI's; focal length and
/// principal point vary as they do between KITTI's days.
Camera draw_camera(Draw& draw);

}  // namespace colonnade::simulator
