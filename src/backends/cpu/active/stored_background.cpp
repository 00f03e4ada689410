#include "backends/cpu/active/stored_background.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade::cpu {
namespace {

Tensor runs_of(const std::vector<std::int32_t>& rows) {
  std::vector<std::int32_t> runs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows[i] != rows[i - 1]) runs.insert(runs.end(), {~rows[i], 0});
    ++runs.back();
  }
  return Tensor::of<std::int32_t>({static_cast<std::int64_t>(runs.size() / 2), 2}, runs);
}

[[noreturn]] void refuse(std::size_t map, const std::string& message) {
  throw Error(ErrorCode::format, fmt::format("background of map {}: {}", map, message));
}

Background to_background(const Tensor& runs, const Tensor& vectors, const ActiveMap& map,
                         std::size_t number) {
  const Shape& listed = runs.shape();
  const Shape& stored = vectors.shape();
  if (runs.dtype() != DType::i32 || listed.rank() != 2 || listed[1] != 2 ||
      vectors.dtype() != DType::f32 || stored.rank() != 2 || stored[1] != map.channels) {
    refuse(number, fmt::format("found {}{} and {}{}, expected int32[?,2] and float32[?,{}]",
                               name_of(runs.dtype()), listed.to_string(), name_of(vectors.dtype()),
                               stored.to_string(), map.channels));
  }
  const auto cells = static_cast<std::size_t>(map.height * map.width);
  Background background;
  background.rows.reserve(cells);
  for (std::int64_t i = 0; i < listed[0]; ++i) {
    const std::int32_t vector = runs.as<std::int32_t>()[2 * i];
    const std::int32_t count = runs.as<std::int32_t>()[2 * i + 1];
    if (vector < 0 || vector >= stored[0] || count < 1 ||
        static_cast<std::size_t>(count) > cells - background.rows.size()) {
      refuse(number, fmt::format("found {} cells of vector {}, expected at most {} of one below {}",
                                 count, vector, cells - background.rows.size(), stored[0]));
    }
    background.rows.insert(background.rows.end(), static_cast<std::size_t>(count), ~vector);
  }
  if (background.rows.size() != cells) {
    refuse(number, fmt::format("found {} cells, expected {}", background.rows.size(), cells));
  }
  background.vectors = vectors.clone();
  return background;
}

}  // namespace

std::vector<Tensor> to_tensors(std::span<const Background> backgrounds) {
  std::vector<Tensor> tensors;
  for (const Background& background : backgrounds) {
    const bool small = background.vectors.bytes() <= kMostStoredBytes;
    tensors.push_back(small ? runs_of(background.rows) : Tensor(DType::i32, {0, 2}));
    tensors.push_back(small ? background.vectors : Tensor(DType::f32, {0, 0}));
  }
  return tensors;
}

LazyBackgrounds::Known to_backgrounds(std::span<const Tensor> tensors,
                                      std::span<const ActiveMap> maps) {
  if (tensors.size() != 2 * maps.size()) {
    throw Error(ErrorCode::format, fmt::format("found {} tensors of backgrounds, expected {}",
                                               tensors.size(), 2 * maps.size()));
  }
  LazyBackgrounds::Known known(maps.size());
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const Tensor& runs = tensors[2 * m];
    const Tensor& vectors = tensors[2 * m + 1];
    if (!runs || !vectors) refuse(m, "found no tensors");
    if (vectors.elements() > 0) known[m] = to_background(runs, vectors, maps[m], m);
  }
  return known;
}

}  // namespace colonnade::cpu
