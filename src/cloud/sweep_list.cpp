// The JSON behind --sweeps, read strictly.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/c_locale.hpp"
#include "base/file.hpp"
#include "cloud/pose.hpp"
#include "cloud/text.hpp"
#include "colonnade/error.hpp"
#include "colonnade/sweeps.hpp"

namespace colonnade {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxListBytes = std::size_t{1} << 24;  // As a tree it takes many times that.

struct Entry {
  std::string file;
  double time = 0;
  Pose pose{};
};

/// A value and its place: "list.json: sweeps[2].pose".
struct Node {
  const Json& value;
  std::string place;

  [[noreturn]] void fail(const std::string& expected) const {
    throw Error(ErrorCode::format, place,
                fmt::format("expected {}, found {}", expected,
                            value.is_structured() ? value.type_name() : shown(value.dump())));
  }

  Node at(const char* key) const {
    const auto found = value.find(key);
    if (found == value.end()) {
      throw Error(ErrorCode::format, place, fmt::format("lacks the key '{}'", key));
    }
    return {*found, fmt::format("{}{}{}", place, place.back() == ' ' ? "" : ".", key)};
  }

  Node at(std::size_t index) const { return {value[index], fmt::format("{}[{}]", place, index)}; }

  void check_object(std::initializer_list<std::string_view> keys) const {
    if (!value.is_object()) fail("an object");
    for (const auto& item : value.items()) {
      if (std::find(keys.begin(), keys.end(), item.key()) != keys.end()) continue;
      std::string known;
      for (const std::string_view key : keys) known += fmt::format(" '{}'", key);
      throw Error(ErrorCode::format, place,
                  fmt::format("has the unknown key {}; known are{}", shown(item.key()), known));
    }
  }

  double number() const {
    if (!value.is_number()) fail("a number");
    return value.get<double>();
  }
};

Json parse(const std::string& path) {
  const auto file = WholeFile::read(path, kMaxListBytes);
  const CLocale point_in_numbers;
  try {
    return Json::parse(file->text());
  } catch (const Json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    const std::string_view what = error.what();
    const std::size_t start = what.find("] ");
    throw Error(ErrorCode::format, path,
                fmt::format("isn't JSON: {}",
                            start == std::string_view::npos ? what : what.substr(start + 2)));
  }
}

Pose read_pose(const Node& node) {
  Pose pose{};
  if (!node.value.is_array()) node.fail("an array of 16 numbers");
  if (node.value.size() != pose.size()) {
    throw Error(
        ErrorCode::format, node.place,
        fmt::format("expected 16 numbers, a row-major 4x4 matrix, found {}", node.value.size()));
  }
  for (std::size_t i = 0; i < pose.size(); ++i) pose[i] = node.at(i).number();
  check_rigid(pose, node.place);
  return pose;
}

std::vector<Entry> read_entries(const Node& sweeps, const std::filesystem::path& folder) {
  if (!sweeps.value.is_array() || sweeps.value.empty()) sweeps.fail("a list of sweeps");
  if (sweeps.value.size() > SweepBuffer::kMaxSweeps) {
    throw Error(ErrorCode::limit, sweeps.place,
                fmt::format("has {} sweeps; at most {} are supported", sweeps.value.size(),
                            SweepBuffer::kMaxSweeps));
  }
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < sweeps.value.size(); ++i) {
    const Node sweep = sweeps.at(i);
    sweep.check_object({"file", "time", "pose"});
    const Node file = sweep.at("file");
    if (!file.value.is_string()) file.fail("a file's name");
    entries.push_back({(folder / file.value.get<std::string>()).string(), sweep.at("time").number(),
                       read_pose(sweep.at("pose"))});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.time < b.time; });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].time == entries[i - 1].time) {
      throw Error(
          ErrorCode::format, sweeps.place,
          fmt::format("has two sweeps of the time {}; expected different times", entries[i].time));
    }
  }
  return entries;
}

}  // namespace

Cloud read_sweep_list(const std::string& path, const SweepOptions& options, CloudFormat format) {
  const Json json = parse(path);
  const Node list{json, path + ": "};
  list.check_object({"sweeps", "drop_close"});
  SweepOptions merged = options;
  if (json.contains("drop_close")) {
    const Node drop_close = list.at("drop_close");
    merged.drop_close = static_cast<float>(drop_close.number());
    if (!(merged.drop_close >= 0)) drop_close.fail("metres >= 0");
  }
  const std::vector<Entry> entries =
      read_entries(list.at("sweeps"), std::filesystem::path(path).parent_path());
  merged.sweeps = entries.size();
  SweepBuffer buffer(merged);
  for (const Entry& entry : entries) {
    try {
      buffer.push(read_cloud(entry.file, format).view(), entry.time, entry.pose);
    } catch (const Error& error) {
      if (!error.where().empty()) throw;
      throw Error(error.code(), entry.file, error.what());
    }
  }
  const CloudView view = buffer.view();
  return {{view.data, view.data + view.count * view.stride},
          view.count,
          view.stride,
          {view.fields, view.fields + view.field_count}};
}

}  // namespace colonnade
