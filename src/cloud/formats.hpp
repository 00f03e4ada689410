// The readers and writers behind read_cloud and write_cloud: one source a format. `where` is the
// file's name, for errors; a reader sees the file's bytes only.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "colonnade/cloud.hpp"

namespace colonnade {

using FileBytes = std::span<const std::byte>;

inline std::string_view text_of(FileBytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Cloud read_kitti(FileBytes file, const std::string& where);
Cloud read_nuscenes(FileBytes file, const std::string& where);
Cloud read_pcd(FileBytes file, const std::string& where);
Cloud read_ply(FileBytes file, const std::string& where);
Cloud read_npy_cloud(FileBytes file, const std::string& where);

void write_kitti(const CloudView& cloud, const std::string& path);
void write_nuscenes(const CloudView& cloud, const std::string& path);
void write_pcd(const CloudView& cloud, const std::string& path);
void write_ply(const CloudView& cloud, const std::string& path);
void write_npy_cloud(const CloudView& cloud, const std::string& path);

/// Whether the first bytes can be no other format's.
bool is_pcd(std::string_view file) noexcept;
bool is_ply(std::string_view file) noexcept;
bool is_npy(std::string_view file) noexcept;

}  // namespace colonnade
