#include "measure/feed.hpp"

#include <fmt/core.h>

#include <cstring>

#include "base/file.hpp"
#include "base/npy.hpp"
#include "base/random.hpp"
#include "colonnade/error.hpp"
#include "graph/bind_inputs.hpp"
#include "graph/input_arguments.hpp"

namespace colonnade {
namespace {

bool ends_in_npy(const std::string& file) {
  return file.size() >= 4 && file.compare(file.size() - 4, 4, ".npy") == 0;
}

/// The bare elements, as trtexec's --loadInputs takes them; more than it needs is an error too.
Tensor read_bare(const std::string& file, const Value& input, const Shape& shape) {
  Tensor tensor(input.dtype, shape);
  const auto content = WholeFile::read(file);
  if (content->bytes().size() != tensor.bytes()) {
    throw Error(
        ErrorCode::mismatch, file,
        fmt::format("has {} bytes, expected the {} of input '{}' {}{}", content->bytes().size(),
                    tensor.bytes(), input.name, name_of(input.dtype), shape.to_string()));
  }
  std::memcpy(tensor.data(), content->bytes().data(), tensor.bytes());
  return tensor;
}

Tensor noise_of(DType type, const Shape& shape, Random& random) {
  Tensor tensor(type, shape);
  if (type == DType::f32) {
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      tensor.as<float>()[i] = static_cast<float>(random.normal());
    }
  } else if (type == DType::f64) {
    for (std::size_t i = 0; i < tensor.elements(); ++i) tensor.as<double>()[i] = random.normal();
  }
  return tensor;
}

const Shape& static_shape(const Value& input, const std::optional<Shape>& given) {
  const std::optional<Shape>& shape = given ? given : input.shape;
  if (!shape || !shape->is_static()) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("input {} has dynamic dimensions; give them by --shapes {}:1x64x496x432 "
                    "(each dimension), or its elements by --loadInputs {}:FILE.npy",
                    describe(input), input.name, input.name));
  }
  return *shape;
}

}  // namespace

OwnedImage::OwnedImage(const BevImage& image)
    : features(image.features, image.features + image.count * image.channels),
      cells(image.cells, image.cells + image.count),
      channels(image.channels),
      height(image.height),
      width(image.width) {}

BevImage OwnedImage::view() const {
  return {features.data(), cells.data(), static_cast<std::int64_t>(cells.size()),
          channels,        height,       width};
}

std::vector<Shape> Feed::shapes() const {
  if (image) return {Shape{1, image->channels, image->height, image->width}};
  std::vector<Shape> result;
  for (const Tensor& tensor : tensors) result.push_back(tensor.shape());
  return result;
}

std::vector<Tensor> Feed::dense_tensors() const {
  return image ? std::vector<Tensor>{dense(image->view())} : tensors;
}

Feed feed_of_words(const Graph& graph, const FeedWords& words, std::vector<std::string>& noise) {
  std::vector<std::optional<Shape>> shapes(graph.inputs.size());
  for (const std::string& word : words.shapes) {
    const auto [input, text] = input_argument(graph, "--shapes", ':', word, "NAME:1x64x496x432");
    shapes[input] = parse_shape("--shapes " + word, text);
    const Value& value = graph.values[graph.inputs[input]];
    check_input(value, value.dtype, *shapes[input]);
  }
  Feed feed;
  feed.tensors.resize(graph.inputs.size());
  for (const std::string& word : words.loads) {
    const auto [input, file] = input_argument(graph, "--loadInputs", ':', word, "NAME:FILE");
    const Value& value = graph.values[graph.inputs[input]];
    if (ends_in_npy(file)) {
      feed.tensors[input] = read_npy(file);
      const Shape& shape = feed.tensors[input].shape();
      check_input(value, feed.tensors[input].dtype(), shapes[input] ? *shapes[input] : shape);
      if (shapes[input] && !(shape == *shapes[input])) {
        throw Error(ErrorCode::mismatch, file,
                    fmt::format("holds {}, --shapes says {}", shape.to_string(),
                                shapes[input]->to_string()));
      }
    } else {
      feed.tensors[input] = read_bare(file, value, static_shape(value, shapes[input]));
    }
  }
  Random random(1);
  for (std::size_t i = 0; i < feed.tensors.size(); ++i) {
    if (feed.tensors[i]) continue;
    const Value& value = graph.values[graph.inputs[i]];
    feed.tensors[i] = noise_of(value.dtype, static_shape(value, shapes[i]), random);
    noise.push_back(value.name);
  }
  return feed;
}

}  // namespace colonnade
