// A real sweep's BEV image, the input of an RPN, as a dense array.
//
// usage: bev_image MODEL.yaml CLOUD OUT.npy   writes float32 [1, C, H, W]
#include <fmt/core.h>

#include "base/npy.hpp"
#include "colonnade/io.hpp"
#include "measure/front_end.hpp"

namespace colonnade {
namespace {

void write_image(const std::string& model, const std::string& file, const std::string& out) {
  FrontEnd front_end(model, {});
  const Cloud cloud = read_cloud(file);
  const BevImage image = front_end.run(cloud.view()).image;
  write_npy(out, dense(image).view());
  fmt::print("{} pillars on {} x {} cells\n", image.count, image.width, image.height);
}

}  // namespace
}  // namespace colonnade

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: bev_image MODEL.yaml CLOUD OUT.npy\n");
    return 2;
  }
  try {
    colonnade::write_image(argv[1], argv[2], argv[3]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bev_image: {}\n", error.what());
    return 2;
  }
}
