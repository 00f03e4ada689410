// The option --image-size.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "report/kitti_box.hpp"

namespace colonnade {

/// What the option is by default: most of KITTI's images.
inline constexpr const char* kImageSize = "1242x375";

void add_image_size(CLI::App& verb, std::string& size);

/// Of WIDTHxHEIGHT, pixels. Error(invalid_argument).
ImageSize image_size(const std::string& text);

}  // namespace colonnade
