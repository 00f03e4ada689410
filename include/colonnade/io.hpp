// Clouds from and to files. docs/clouds.md tells what of each format is read.
#pragma once

#include <cstdint>
#include <string>

#include "colonnade/cloud.hpp"
#include "colonnade/export.hpp"

namespace colonnade {

enum class CloudFormat : std::uint8_t {
  automatic,  ///< By content (PCD, PLY, .npy say what they are), else by the name's end.
  kitti,      ///< .bin: float32 x, y, z, intensity.
  nuscenes,   ///< .pcd.bin: float32 x, y, z, intensity (0 to 255), ring.
  pcd,        ///< PCD 0.7: ascii, binary, binary_compressed.
  ply,        ///< PLY 1.0: ascii, binary in both endiannesses.
  npy         ///< [N, 3], [N, 4] or [N, 5]: x, y, z, intensity, dt.
};

/// "auto", "kitti", "nuscenes", "pcd", "ply" or "npy"; Error(invalid_argument) on others.
COLONNADE_EXPORT CloudFormat cloud_format(const std::string& name);

/// The cloud has the file's own fields, x, y and z among them, at their own types. Where none is
/// called intensity, the first of i, reflectivity, reflectance, remission, scalar_intensity (in any
/// case) is listed under that name too. A cloud of 0 points is valid. Error(io | format |
/// unsupported | limit) names the file and, where there is one, the line.
COLONNADE_EXPORT Cloud read_cloud(const std::string& path,
                                  CloudFormat format = CloudFormat::automatic);

/// kitti, nuscenes and npy hold float32 of their own fields (0 where the cloud has none; npy has as
/// many columns as the cloud has fields for); pcd and ply hold every field, binary. `automatic`
/// goes by the name's end. The file appears whole or not at all. Error(io): it can't be written;
/// unsupported: its name tells no format; invalid_argument: a field's name has blanks (pcd,
/// ply).
COLONNADE_EXPORT void write_cloud(const CloudView& cloud, const std::string& path,
                                  CloudFormat format = CloudFormat::automatic);

}  // namespace colonnade
