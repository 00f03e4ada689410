// A model's clouds -> what one of its graphs is given.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "frame/features.hpp"
#include "graph/input_arguments.hpp"
#include "measure/feed.hpp"
#include "measure/front_end.hpp"
#include "onnx/reader.hpp"
#include "plan/plan.hpp"
#include "plan/probe.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

bool same_inputs(const Graph& a, const Graph& b) {
  const auto same = [&](ValueId left, ValueId right) {
    const Value &one = a.values[left], &other = b.values[right];
    return one.name == other.name && one.dtype == other.dtype && one.shape == other.shape;
  };
  return std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(), same);
}

/// The sources of the graph's inputs, if it's one of the model's: its file, or what was made of it,
/// a copy or an engine, which declares the same inputs.
std::vector<InputSource> sources_in_model(const ModelSpec& model, const Graph& graph,
                                          const std::string& file) {
  const auto path = [&](const GraphSpec& piece) { return fs::path(model.directory) / piece.file; };
  for (const GraphSpec& piece : model.graphs) {
    std::error_code error;
    if (fs::equivalent(path(piece), file, error)) return input_sources(piece, graph);
  }
  for (const GraphSpec& piece : model.graphs) {
    std::error_code error;  // An engine's pieces are no files.
    if (fs::is_regular_file(path(piece), error) &&
        same_inputs(read_onnx(path(piece).string()), graph))
      return input_sources(piece, graph);
  }
  return {};
}

bool takes_image(const Graph& graph, const ScatterRegion& image) {
  if (graph.inputs.size() != 1) return false;
  const Value& input = graph.values[graph.inputs[0]];
  if (input.dtype != DType::f32 || !input.shape || input.shape->rank() != 4) return false;
  const std::int64_t wanted[] = {1, image.channels, image.height, image.width};
  return std::equal(wanted, wanted + 4, input.shape->begin(),
                    [](std::int64_t a, std::int64_t b) { return a == b || b == kUnknownDim; });
}

/// PillarFeatures as a graph declares them: one of the dimensions that aren't 1 counts channels.
Tensor features_tensor(const PillarFeatures& features, const Value& declared, std::int64_t padded) {
  Shape shape = declared.shape.value_or(Shape{padded, features.channels});
  std::size_t pillars = shape.rank(), channels = shape.rank();
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    if (shape[axis] == features.channels && channels == shape.rank()) {
      channels = axis;
    } else if (shape[axis] != 1) {
      pillars = axis;
      shape[axis] = padded;
    }
  }
  if (pillars == shape.rank() || channels == shape.rank() ||
      shape.elements() != padded * features.channels) {
    throw Error(ErrorCode::mismatch,
                fmt::format("input {} has no dimensions for {} pillars of {} features",
                            describe(declared), padded, features.channels));
  }
  Tensor tensor(DType::f32, shape);
  const bool pillars_first = pillars < channels;
  for (std::int64_t p = 0; p < std::min(features.count, padded); ++p) {
    for (std::int64_t c = 0; c < features.channels; ++c) {
      tensor.as<float>()[pillars_first ? p * features.channels + c : c * padded + p] =
          features.data[p * features.channels + c];
    }
  }
  return tensor;
}

class Feeder {
 public:
  Feeder(const ModelSpec& model, const Graph& graph, std::vector<InputSource> sources)
      : model_(model), part_{graph, std::move(sources)} {
    fixed_ = declared_pillars(part_, model);
  }

  Feed feed(const FrontEnd::Frame& frame) const {
    Feed result;
    if (part_.sources.size() == 1 && part_.sources[0] == InputSource::bev_image) {
      result.image.emplace(frame.image);
      return result;
    }
    const std::int64_t padded = fixed_.value_or(frame.pillars.count);
    const std::int64_t count = std::min(frame.pillars.count, padded);
    for (std::size_t i = 0; i < part_.sources.size(); ++i) {
      const Value& declared = part_.graph.values[part_.graph.inputs[i]];
      if (part_.sources[i] == InputSource::pillar_features) {
        result.tensors.push_back(features_tensor(frame.features, declared, padded));
        continue;
      }
      Tensor& tensor = result.tensors.emplace_back(
          declared.dtype, input_shape(declared, part_.sources[i], model_, padded));
      fill_input(part_.sources[i], frame.pillars, 0, count, padded, model_.pillars, model_.grid,
                 tensor.view(), frame.image.channels);
    }
    return result;
  }

 private:
  const ModelSpec& model_;
  BoundGraph part_;
  std::optional<std::int64_t> fixed_;
};

}  // namespace

std::vector<Feed> feeds_of_clouds(const std::string& model_yaml, const Graph& graph,
                                  const std::string& file, const std::vector<std::string>& clouds,
                                  CloudFormat format) {
  FrontEnd front_end(model_yaml, {});
  const ModelSpec& model = front_end.model();
  std::vector<InputSource> sources = sources_in_model(model, graph, file);
  if (sources.empty()) {
    const ScatterRegion& image = front_end.engine().body().plan.scatter;
    if (!takes_image(graph, image)) {
      std::string files;
      for (const GraphSpec& piece : model.graphs) {
        files += (files.empty() ? "" : ", ") + piece.file;
      }
      throw Error(ErrorCode::mismatch, file,
                  fmt::format("has the inputs of none of {}'s graphs ({}), nor does it take "
                              "their BEV image [1,{},{},{}] alone",
                              model_yaml, files, image.channels, image.height, image.width));
    }
    sources = {InputSource::bev_image};
  }
  const Feeder feeder(model, graph, std::move(sources));
  std::vector<Feed> feeds;
  for (const std::string& cloud : clouds) {
    feeds.push_back(feeder.feed(front_end.run(read_cloud(cloud, format).view())));
  }
  return feeds;
}

}  // namespace colonnade
