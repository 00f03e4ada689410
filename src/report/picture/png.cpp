#include <png.h>

#include <cstddef>

#include "base/file.hpp"
#include "colonnade/error.hpp"
#include "report/picture/canvas.hpp"

namespace colonnade {

void write_png(const Canvas& canvas, const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(canvas.width());
  image.height = static_cast<png_uint_32>(canvas.height());
  image.format = PNG_FORMAT_RGB;
  const std::uint8_t* pixels = canvas.bytes().data();
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::byte> file(size);
  if (png_image_write_to_memory(&image, file.data(), &size, 0, pixels, 0, nullptr) == 0)
    throw Error(ErrorCode::internal, path, std::string("libpng refused: ") + image.message);
  file.resize(size);
  write_file(path, file);
}

}  // namespace colonnade
