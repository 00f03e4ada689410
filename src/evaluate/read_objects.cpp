#include "evaluate/read_objects.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "cloud/text.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTextBytes = std::size_t{1} << 26;  // Of one frame.

bool is_text(const fs::path& path) {
  return path.extension() == ".txt";
}
bool is_json(const fs::path& path) {
  return path.extension() == ".json" || path.extension() == ".jsonl";
}

/// The files of a folder in the order of their names, all texts or all JSON.
std::vector<std::string> files_of(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw Error(ErrorCode::io, folder, "can't be read: " + error.message());
  std::vector<std::string> texts, jsons;
  for (const fs::directory_entry& entry : entries) {
    if (!entry.is_regular_file(error)) continue;
    if (is_text(entry.path())) texts.push_back(entry.path().string());
    if (is_json(entry.path())) jsons.push_back(entry.path().string());
  }
  if (texts.empty() == jsons.empty()) {
    throw Error(
        ErrorCode::invalid_argument, folder,
        fmt::format("the folder holds {}; expected a .txt file a frame, or JSON lines",
                    texts.empty() ? "no .txt, .json or .jsonl file" : "both .txt and .json files"));
  }
  std::vector<std::string>& files = texts.empty() ? jsons : texts;
  std::sort(files.begin(), files.end());
  return files;
}

/// A class name leads KITTI's lines, a coordinate OpenPCDet's. Nothing: no line tells.
bool tells_format(std::string_view text, ObjectFormat& format) {
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    const std::string_view word = Tokens(line).next();
    if (word.empty()) continue;
    const bool numeric = word.front() == '#' || parse_number<double>(word).has_value();
    format = numeric ? ObjectFormat::lidar_text : ObjectFormat::kitti;
    return true;
  }
  return false;
}

}  // namespace

ObjectSet read_objects(const std::string& path, Role role) {
  ObjectSet set;
  set.path = path;
  const bool folder = fs::is_directory(path);
  const std::vector<std::string> files = folder ? files_of(path) : std::vector{path};
  if (is_json(files.front())) {
    set.format = ObjectFormat::json;
    for (const std::string& file : files) {
      parse_json_objects(WholeFile::read(file)->text(), role, file, set.lidar);
    }
    if (set.lidar.empty()) throw Error(ErrorCode::format, path, "holds no frame");
    return set;
  }
  if (!is_text(files.front())) {
    WholeFile::read(path);  // One that isn't there is the likelier slip.
    throw Error(ErrorCode::invalid_argument, path,
                "expected a folder of .txt files, or a .txt, .json or .jsonl file");
  }
  bool told = false;
  for (const std::string& file : files) {
    const auto content = WholeFile::read(file, kMostTextBytes);
    if (!told) told = tells_format(content->text(), set.format);
    const std::string stem = fs::path(file).stem().string();
    if (set.format == ObjectFormat::lidar_text) {
      set.lidar[stem] = parse_lidar_objects(content->text(), role, file);
    } else {
      set.kitti[stem] = parse_kitti_objects(content->text(), role, file);
    }
  }
  // Frames before the first line that tells were empty, and taken as KITTI's.
  if (set.format == ObjectFormat::lidar_text) {
    for (const auto& [stem, none] : set.kitti) set.lidar[stem] = {};
    set.kitti.clear();
  }
  return set;
}

}  // namespace colonnade
