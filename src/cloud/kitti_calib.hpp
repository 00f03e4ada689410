// KITTI's calib/NNNNNN.txt: from the LiDAR's frame into the left colour camera and its image.
#pragma once

#include <array>
#include <string>

namespace colonnade {

/// Row-major matrices in the file's own words (Geiger et al. 2012, object devkit).
struct KittiCalib {
  std::array<double, 12> p2{};              ///< 3x4: rectified camera, metres -> image, pixels.
  std::array<double, 9> r0_rect{};          ///< 3x3: camera 0 -> rectified camera.
  std::array<double, 12> tr_velo_to_cam{};  ///< 3x4: LiDAR -> camera 0.

  struct Pixel {
    double u = 0, v = 0;  ///< Right and down from the image's upper left corner.
    double depth = 0;     ///< Metres ahead of the image plane; u and v mean nothing unless > 0.
  };

  /// LiDAR (x ahead, y left, z up) to rectified camera (x right, y down, z ahead), metres.
  std::array<double, 3> to_camera(double x, double y, double z) const noexcept;
  /// The way back. Not finite where the matrices can't be inverted.
  std::array<double, 3> to_lidar(const std::array<double, 3>& camera) const noexcept;
  /// Of a point in the rectified camera's frame.
  Pixel project(const std::array<double, 3>& camera) const noexcept;
  /// Whether a LiDAR point lies ahead of the camera and inside [0, width) x [0, height).
  bool in_image(double x, double y, double z, double width, double height) const noexcept;
};

/// KITTI's nominal axes (camera x right, y down, z ahead), both sensors in one place; no image.
KittiCalib nominal_kitti_calib() noexcept;

/// Other keys (P0, Tr_imu_to_velo, ...) are skipped. Error(io | format) names file, line and key.
KittiCalib read_kitti_calib(const std::string& path);

}  // namespace colonnade
