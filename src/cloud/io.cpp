#include "colonnade/io.hpp"

#include <fmt/core.h>

#include <array>
#include <new>
#include <string_view>

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "cloud/formats.hpp"
#include "cloud/record.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

struct Format {
  CloudFormat format;
  std::string_view name;
  std::string_view extension;
  bool (*recognise)(std::string_view file) noexcept;  // Null: the content can't tell.
  Cloud (*read)(FileBytes file, const std::string& where);
  void (*write)(const CloudView& cloud, const std::string& path);
};

// .pcd.bin stands before .bin, which ends it.
constexpr std::array<Format, 5> kFormats = {{
    {CloudFormat::nuscenes, "nuscenes", ".pcd.bin", nullptr, read_nuscenes, write_nuscenes},
    {CloudFormat::kitti, "kitti", ".bin", nullptr, read_kitti, write_kitti},
    {CloudFormat::pcd, "pcd", ".pcd", is_pcd, read_pcd, write_pcd},
    {CloudFormat::ply, "ply", ".ply", is_ply, read_ply, write_ply},
    {CloudFormat::npy, "npy", ".npy", is_npy, read_npy_cloud, write_npy_cloud},
}};

bool ends_with(std::string_view path, std::string_view extension) {
  if (path.size() < extension.size()) return false;
  const std::string_view end = path.substr(path.size() - extension.size());
  for (std::size_t i = 0; i < end.size(); ++i) {
    if (ascii_lower(end[i]) != extension[i]) return false;
  }
  return true;
}

// `file` is what the path holds, or empty where it's yet to be written.
const Format& pick(CloudFormat format, const std::string& path, std::string_view file) {
  for (const Format& row : kFormats) {
    const bool automatic = format == CloudFormat::automatic;
    if (automatic ? row.recognise != nullptr && row.recognise(file) : row.format == format) {
      return row;
    }
  }
  for (const Format& row : kFormats) {
    if (ends_with(path, row.extension)) return row;
  }
  throw Error(ErrorCode::unsupported, path,
              "neither content nor name tells the cloud's format; expected .bin, .pcd.bin, .pcd, "
              ".ply or .npy, or a format by name (kitti, nuscenes, pcd, ply, npy)");
}

}  // namespace

CloudFormat cloud_format(const std::string& name) {
  if (name == "auto") return CloudFormat::automatic;
  for (const Format& row : kFormats) {
    if (row.name == name) return row.format;
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("there's no cloud format '{}'; expected auto, kitti, nuscenes, pcd, ply "
                          "or npy",
                          name));
}

Cloud read_cloud(const std::string& path, CloudFormat format) {
  const auto file = WholeFile::read(path, kMaxCloudBytes);
  try {
    return pick(format, path, file->text()).read(file->bytes(), path);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::limit, path,
                fmt::format("no memory for the points of its {} bytes", file->bytes().size()));
  }
}

void write_cloud(const CloudView& cloud, const std::string& path, CloudFormat format) {
  pick(format, path, {}).write(cloud, path);
}

}  // namespace colonnade
