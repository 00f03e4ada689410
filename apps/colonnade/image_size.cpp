#include "image_size.hpp"

#include <fmt/core.h>

#include <string_view>

#include "cloud/text.hpp"
#include "colonnade/error.hpp"

namespace colonnade {

void add_image_size(CLI::App& verb, std::string& size) {
  verb.add_option("--image-size", size, "Of the camera in pixels, for --calib")
      ->type_name("WIDTHxHEIGHT")
      ->capture_default_str();
}

ImageSize image_size(const std::string& text) {
  const std::size_t cross = text.find('x');
  const auto width = parse_count(std::string_view(text).substr(0, cross));
  const auto height = parse_count(
      cross == std::string::npos ? std::string_view() : std::string_view(text).substr(cross + 1));
  constexpr std::size_t kLargest = 65535;
  if (!width || !height || *width < 1 || *height < 1 || *width > kLargest || *height > kLargest) {
    throw Error(ErrorCode::invalid_argument, "--image-size " + text,
                fmt::format("expected WIDTHxHEIGHT in pixels, up to {0}x{0}, as {1}", kLargest,
                            kImageSize));
  }
  return {static_cast<double>(*width), static_cast<double>(*height)};
}

}  // namespace colonnade
