// What a graph is given once: tensors, or a BEV image by its pillars.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/backend.hpp"

#include "colonnade/io.hpp"

namespace colonnade {

/// A BevImage that owns what it shows.
struct OwnedImage {
  explicit OwnedImage(const BevImage& image);
  BevImage view() const;

  std::vector<float> features;
  std::vector<PillarCell> cells;
  std::int64_t channels, height, width;
};

struct Feed {
  std::vector<Tensor>
      tensors;  ///< In the order of the graph's inputs; none where there's an image.
  std::optional<OwnedImage> image;

  std::vector<Shape> shapes() const;
  /// The image whole.
  std::vector<Tensor> dense_tensors() const;
};

/// Each cloud on its way through the model until it enters `graph`, the file of one of its pieces
/// or another export of its RPN. Error(mismatch): it's neither.
std::vector<Feed> feeds_of_clouds(const std::string& model_yaml, const Graph& graph,
                                  const std::string& file, const std::vector<std::string>& clouds,
                                  CloudFormat format);

struct FeedWords {
  std::vector<std::string> loads;  ///< NAME:FILE, a .npy or the bare elements, of exactly the size.
  std::vector<std::string> shapes;  ///< NAME:1x64x496x432
};

/// Files where they're named, else noise (0 in integers) of the declared or the given shape.
/// `noise` gets the names of the latter.
Feed feed_of_words(const Graph& graph, const FeedWords& words, std::vector<std::string>& noise);

}  // namespace colonnade
