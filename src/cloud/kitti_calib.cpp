#include "cloud/kitti_calib.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/file.hpp"
#include "cloud/text.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kMaxCalibBytes = std::size_t{1} << 20;

struct Key {
  std::string_view name;
  std::span<double> values;
  bool found = false;
};

void parse_values(Tokens tokens, Key& key, const std::string& where) {
  const auto refuse = [&](const std::string& found) {
    throw Error(
        ErrorCode::format, where,
        fmt::format("{} needs {} finite numbers, found {}", key.name, key.values.size(), found));
  };
  std::size_t count = 0;
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    const std::optional<double> value = parse_number<double>(token);
    if (!value || !std::isfinite(*value)) refuse(shown(token));
    if (count < key.values.size()) key.values[count] = *value;
    ++count;
  }
  if (count != key.values.size()) refuse(fmt::format("{}", count));
  key.found = true;
}

}  // namespace

std::array<double, 3> KittiCalib::to_camera(double x, double y, double z) const noexcept {
  std::array<double, 3> unrectified{}, camera{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double* const row = &tr_velo_to_cam[4 * i];
    unrectified[i] = row[0] * x + row[1] * y + row[2] * z + row[3];
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const double* const row = &r0_rect[3 * i];
    camera[i] = row[0] * unrectified[0] + row[1] * unrectified[1] + row[2] * unrectified[2];
  }
  return camera;
}

KittiCalib::Pixel KittiCalib::project(const std::array<double, 3>& camera) const noexcept {
  std::array<double, 3> image{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double* const row = &p2[4 * i];
    image[i] = row[0] * camera[0] + row[1] * camera[1] + row[2] * camera[2] + row[3];
  }
  return {image[0] / image[2], image[1] / image[2], image[2]};
}

bool KittiCalib::in_image(double x, double y, double z, double width,
                          double height) const noexcept {
  const Pixel pixel = project(to_camera(x, y, z));
  return pixel.depth > 0 && pixel.u >= 0 && pixel.u < width && pixel.v >= 0 && pixel.v < height;
}

KittiCalib read_kitti_calib(const std::string& path) {
  KittiCalib calib;
  std::array<Key, 3> keys{Key{"P2", calib.p2}, Key{"R0_rect", calib.r0_rect},
                          Key{"Tr_velo_to_cam", calib.tr_velo_to_cam}};
  const auto file = WholeFile::read(path, kMaxCalibBytes);
  Lines lines(file->text());
  for (std::string_view line; lines.next(line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    for (Key& key : keys) {
      if (line.substr(0, colon) != key.name) continue;
      const std::string where = fmt::format("{}:{}", path, lines.number());
      if (key.found) {
        throw Error(ErrorCode::format, where,
                    fmt::format("{} stands there a second time", key.name));
      }
      parse_values(Tokens(line.substr(colon + 1)), key, where);
    }
  }
  for (const Key& key : keys) {
    if (!key.found) {
      throw Error(ErrorCode::format, path,
                  fmt::format("has no line '{}: ...' of {} numbers; expected the calib file of "
                              "KITTI's object benchmark",
                              key.name, key.values.size()));
    }
  }
  return calib;
}

}  // namespace colonnade
