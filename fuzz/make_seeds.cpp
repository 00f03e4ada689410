// make_fuzz_seeds OUT SOURCE: OUT/TARGET/* to start from, and OUT/TARGET.dict with their words. The
// seeds are made by the project's own writers; SOURCE/tests/golden gives small graphs and configs.
#include <fmt/core.h>

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <set>
#include <vector>

#include "base/file.hpp"
#include "base/npy.hpp"
#include "base/random.hpp"
#include "colonnade/io.hpp"
#include "colonnade/model.hpp"
#include "engine_file/target.hpp"
#include "model/presets/presets.hpp"
#include "onnx/reader.hpp"
#include "seed_graphs.hpp"

namespace {

using namespace colonnade;
namespace fs = std::filesystem;

constexpr std::size_t kLargest = 16 * 1024;  // Of the files taken over.

class Corpus {
 public:
  explicit Corpus(fs::path out) : out_(std::move(out)) {}

  std::string path(const std::string& target, const std::string& name) const {
    fs::create_directories(out_ / target);
    return (out_ / target / name).string();
  }
  void add(const std::string& target, const std::string& name, const std::string& content) const {
    write_file(path(target, name), content);
  }
  /// Files of a folder and below that end so and aren't large.
  void take(const std::string& target, const fs::path& folder, const std::string& extension) const {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != extension || entry.file_size() > kLargest) continue;
      const std::string name =
          entry.path().parent_path().filename().string() + "_" + entry.path().filename().string();
      add(target, name, std::string(WholeFile::read(entry.path().string())->text()));
    }
  }
  /// The words of a text format's seeds, as a dictionary for libFuzzer.
  void write_words(const std::string& target) const {
    std::set<std::string> words;
    for (const auto& entry : fs::directory_iterator(out_ / target)) {
      std::string word;
      const auto file = WholeFile::read(entry.path().string());
      for (const char c : file->text()) {
        if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') {
          word += c;
        } else if (!word.empty()) {
          words.insert(std::exchange(word, {}));
        }
      }
    }
    std::string text;
    for (const std::string& word : words) {
      if (word.size() > 1 && word.size() < 64) text += fmt::format("\"{}\"\n", word);
    }
    write_file((out_ / (target + ".dict")).string(), text);
  }

 private:
  fs::path out_;
};

/// Four points, and the same as every format's writer stores them.
void add_clouds(const Corpus& corpus) {
  const std::vector<float> points = {1, 2, 3, 0.5F, -4, 5, 0.25F, 1, 30, -7, -1.5F, 0, 0, 0, 0, 0};
  const CloudView cloud = view_xyzi(points.data(), 4);
  write_cloud(cloud, corpus.path("pcd", "binary.pcd"), CloudFormat::pcd);
  write_cloud(cloud, corpus.path("ply", "binary.ply"), CloudFormat::ply);
  write_cloud(cloud, corpus.path("npy", "cloud.npy"), CloudFormat::npy);
  write_cloud(cloud, corpus.path("bin", "kitti.bin"), CloudFormat::kitti);
  write_cloud(cloud, corpus.path("bin", "nuscenes.pcd.bin"), CloudFormat::nuscenes);

  const std::string head =
      "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z intensity _ ring\nSIZE 4 4 8 1 1 2\nTYPE F F F U U "
      "I\n"
      "COUNT 1 1 1 1 3 1\nWIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\nDATA ";
  corpus.add("pcd", "ascii.pcd", head + "ascii\n1 2.5 -3e1 7 0 0 0 1\nnan inf 0 255 1 2 3 -4\n");
  corpus.add("pcd", "padded.pcd", head + "binary\n" + std::string(2 * 22, '\x3f'));
  corpus.add("pcd", "old.pcd",
             "VERSION .5\nCOLUMNS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 1\nDATA ascii\n1 2 3\n");
  const std::string sizes("\x04\x00\x00\x00\x18\x00\x00\x00", 8);  // 4 bytes hold 24.
  corpus.add("pcd", "compressed.pcd",
             "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\n"
             "POINTS 2\nDATA binary_compressed\n" +
                 sizes + std::string("\x00\x00\xe0\x0e\x00", 5));

  const std::string body =
      " 1.0\ncomment made\nelement face 1\nproperty list uchar int vertex_indices\nelement vertex "
      "2\n"
      "property float x\nproperty double y\nproperty short z\nproperty uchar scalar_Intensity\n"
      "end_header\n";
  corpus.add("ply", "ascii.ply", "ply\nformat ascii" + body + "3 0 1 2\n1 2 3 4\n5 6e2 -7 255\n");
  corpus.add(
      "ply", "big.ply",
      "ply\nformat binary_big_endian 1.0\nelement vertex 2\nproperty float x\nproperty float "
      "y\nproperty float z\nproperty ushort ring\nend_header\n" +
          std::string(2 * 14, '\x41'));

  write_npy(corpus.path("npy", "matrix.npy"),
            Tensor::of<std::int64_t>({2, 2}, {1, 2, 3, 4}).view());
  write_npy(corpus.path("npy", "scalar.npy"), Tensor::scalar(true).view());
  const std::string header = "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3), }\n";
  corpus.add("npy", "fortran.npy",
             std::string("\x93NUMPY\x02\x00", 8) +
                 std::string(1, static_cast<char>(header.size())) + std::string(3, '\0') + header +
                 std::string(48, '\x40'));
}

void add_settings(const Corpus& corpus) {
  for (const Preset& preset : presets()) {
    const Rules rules = preset.rules();
    ModelSpec spec = rules.spec;
    spec.name = preset.name;
    for (HeadSpec& head : spec.heads) {
      head.map_width = spec.grid.nx() / rules.map_stride;
      head.map_height = spec.grid.ny() / rules.map_stride;
    }
    GraphSpec graph{"rpn.onnx", {{{"", 0}, InputSource::points}}, {}};
    for (std::size_t h = 0; h < spec.heads.size(); ++h) {
      const auto head = static_cast<std::int64_t>(h);
      graph.outputs.push_back({{"", 3 * head}, OutputMeaning::class_scores, head});
      graph.outputs.push_back({{"", 3 * head + 1}, OutputMeaning::box_codes, head});
      if (spec.post.direction.kind == DirectionKind::none) continue;
      graph.outputs.push_back({{"", 3 * head + 2}, OutputMeaning::direction, head});
    }
    spec.graphs = {graph};
    write_model_yaml(spec, corpus.path("model_yaml", std::string(preset.name) + ".yaml"));
  }
  corpus.add("sensor_yaml", "all.yaml",
             "version: 1\nrotation: [0, -1, 0, 1, 0, 0, 0, 0, 1]\ntranslation: [0, 0, 0.4]\n"
             "intensity_field: reflectivity\nintensity_scale: 0.00392156862745098\n"
             "intensity_clamp: [0, .inf]\nself_box:\n  min: [-1.5, -1.0, -2.0]\n"
             "  max: [3.0, 1.0, 0.5]\ndrop_zero_returns: true\n");
  corpus.add("sensor_yaml", "least.yaml", "version: 1\n");
  corpus.add(
      "sweeps", "list.json",
      R"({"sweeps": [{"file": "a.bin", "time": 0.0, "pose": [1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,1]},
 {"file": "b.pcd", "time": 0.05, "pose": [0,-1,0,5, 1,0,0,-2.5, 0,0,1,0, 0,0,0,1]}], "drop_close": 1.0})");
  corpus.add("kitti_calib", "000000.txt",
             "P0: 7 0 6 0 0 7 1 0 0 0 1 0\nP2: 721.5 0 609.6 44.9 0 721.5 172.9 0.2 0 0 1 0.003\n"
             "R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 -0.27\n"
             "Tr_imu_to_velo: 1 0 0 0 0 1 0 0 0 0 1 0\n");
}

/// A single graph's engine for each of the seed graphs.
void add_engines(const Corpus& corpus) {
  for (const auto& [name, bytes] : colonnade::fuzz::seed_graphs()) {
    EngineContents contents;
    contents.target = {this_architecture(), "cpu", "portable"};
    contents.origin = {this_tool(), name, "key"};
    contents.graphs.push_back(read_onnx(std::as_bytes(std::span(bytes)), name));
    const std::vector<std::byte> engine = encode(contents);
    corpus.add("engine", name, {reinterpret_cast<const char*>(engine.data()), engine.size()});
  }
}

void add_noise(const Corpus& corpus) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Random random(seed);
    std::string bytes;
    for (int i = 0; i < 512; ++i) {
      const auto value = static_cast<float>(random.uniform(-4, 8));
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    corpus.add("stages", fmt::format("noise_{}", seed), bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: make_fuzz_seeds OUT SOURCE\n", stderr);
    return 2;
  }
  try {
    const Corpus corpus(argv[1]);
    const fs::path golden = fs::path(argv[2]) / "tests" / "golden";
    for (const auto& [name, bytes] : colonnade::fuzz::seed_graphs())
      corpus.add("onnx", name, bytes);
    corpus.take("onnx", golden, ".onnx");
    add_engines(corpus);
    add_clouds(corpus);
    add_settings(corpus);
    corpus.take("openpcdet", golden / "model", ".yaml");
    corpus.take("second", golden / "model", ".config");
    add_noise(corpus);
    for (const char* const target : {"pcd", "ply", "npy", "model_yaml", "sensor_yaml", "sweeps",
                                     "kitti_calib", "openpcdet", "second"}) {
      corpus.write_words(target);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_fuzz_seeds: %s\n", error.what());
    return 1;
  }
}
