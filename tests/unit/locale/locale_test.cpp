// A host application may set any locale (Qt does, at start): what is read, written and said stays
// the same, byte for byte.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <bit>
#include <clocale>
#include <cstdlib>
#include <locale>
#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/random.hpp"
#include "cloud/kitti_calib.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "colonnade/io.hpp"
#include "colonnade/sweeps.hpp"
#include "graph/graph.hpp"
#include "report/csv.hpp"
#include "report/json_lines.hpp"
#include "report/kitti_labels.hpp"
#include "report/picture.hpp"
#include "report/table.hpp"
#include "sample/demo_model.hpp"
#include "temporary_folder.hpp"
#include "unit/model/graphs.hpp"

namespace colonnade::testing {
namespace {

const std::string kGolden = COLONNADE_SOURCE_DIR "/tests/golden/model/";

std::string content(const std::string& path) {
  return std::string(WholeFile::read(path)->text());
}

std::string bytes(const Cloud& cloud) {
  std::string text;
  for (const PointField& field : cloud.fields)
    text += fmt::format("{}@{} ", field.name, field.offset);
  return text.append(reinterpret_cast<const char*>(cloud.data.data()), cloud.data.size());
}

/// Exactly; fmt's {:a} asks the locale.
std::string bits(double value) {
  return fmt::format("{:x} ", std::bit_cast<std::uint64_t>(value));
}

template <typename F>
std::string refusal(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "not refused";
}

Detections one_box() {
  Detections d;
  Box box;
  box.x = 1234.5F, box.y = -2.5e-5F, box.z = 0.1F, box.length = 3.9F, box.width = 1.6F;
  box.height = 1.56F, box.yaw = -1.57F, box.score = 0.875F, box.vx = 1.5F;
  d.boxes = {box};
  d.has_velocity = true;
  d.stats.points = 9'000'000;
  d.times_ms.total = 1234.5;
  return d;
}

/// Everything of the product in which a number or a name's case has a spelling, run once.
class Facts {
 public:
  using Map = std::map<std::string, std::string>;
  Map gather() {
    facts_.clear();
    read_clouds();
    read_and_write_models();
    write_reports();
    refuse();
    detect();
    return facts_;
  }

 private:
  void add(const std::string& name, std::string value) { facts_[name] = std::move(value); }
  std::string path(const std::string& name) const { return folder_.file(name); }
  std::string store(const std::string& name, std::string_view text) const {
    write_file(path(name), text);
    return path(name);
  }

  void read_clouds() {
    // INTENSITY and .BIN: the Turkish lower case of I isn't i.
    add("pcd", bytes(read_cloud(store("a.PCD",
                                      "VERSION 0.7\nFIELDS x y z INTENSITY\nSIZE 4 4 8 4\n"
                                      "TYPE F F F F\nCOUNT 1 1 1 1\nWIDTH 2\nHEIGHT 1\nPOINTS 2\n"
                                      "DATA ascii\n1.5 -2.25e1 3.125 .5\n1234.5 0 -0.5 1\n"))));
    add("ply", bytes(read_cloud(store("a.ply",
                                      "ply\nformat ascii 1.0\nelement vertex 1\nproperty double x\n"
                                      "property float y\nproperty float z\n"
                                      "property float scalar_Intensity\nend_header\n"
                                      "1.5 -2.25e1 3.125 0.5\n"))));
    const std::vector<float> point{1.5F, -2.25F, 3.125F, 0.5F};
    write_cloud(view_xyzi(point.data(), 1), path("A.BIN"));
    add("bin", bytes(read_cloud(path("A.BIN"))));
    for (const char* const name : {"w.pcd", "w.ply", "w.npy"}) {
      write_cloud(view_xyzi(point.data(), 1), path(name));
      add(name, content(path(name)));
    }
    store("list.json",
          R"({"drop_close": 0.75, "sweeps": [
               {"file": "A.BIN", "time": 1000.25, "pose": [1,0,0,0.5, 0,1,0,0, 0,0,1,0, 0,0,0,1]},
               {"file": "A.BIN", "time": 1000.5, "pose": [1,0,0,2.75, 0,1,0,0, 0,0,1,0, 0,0,0,1]}]})");
    add("sweeps", bytes(read_sweep_list(path("list.json"))));
    const KittiCalib calib =
        read_kitti_calib(store("calib.txt",
                               "P2: 721.5 0 609.5 44.85 0 721.5 172.8 0.2163 0 0 1 2.745e-03\n"
                               "R0_rect: 0.9999 0 0 0 0.9999 0 0 0 1\n"
                               "Tr_velo_to_cam: 0.0075 -0.9999 0 -0.004 0.0148 0 -0.9998 -0.0763 "
                               "0.9998 0 0.0148 -0.2717\n"));
    for (const auto& values :
         {std::span<const double>(calib.p2), std::span<const double>(calib.r0_rect),
          std::span<const double>(calib.tr_velo_to_cam)}) {
      for (const double value : values) facts_["calib"] += bits(value);
    }
    add("labels", kitti_labels(one_box(), classes_, &calib));
  }

  void read_and_write_models() {
    const auto written = [this](const ModelSpec& spec) {
      write_model_yaml(spec, path("model.yaml"));
      const std::string text = content(path("model.yaml"));
      write_model_yaml(read_model_yaml(path("model.yaml")), path("again.yaml"));
      EXPECT_EQ(content(path("again.yaml")), text);
      return text;
    };
    const std::vector<GraphFile> kitti{{"p.onnx", test::cuda_pointpillars_graph()}};
    const std::vector<std::string> settings{"post.score_threshold=0.25",
                                            "name=I\xCC\x87"
                                            "stanbul",
                                            "heads[0].anchors[1].z=-1.5e-1"};
    add("preset", written(import_preset("cuda-pointpillars", kitti, settings)));
    add("second",
        written(import_second(kGolden + "one_class.config",
                              std::vector<GraphFile>{{"pfe.onnx", test::smallmunich_pfe()},
                                                     {"mfn.onnx", test::smallmunich_mfn()},
                                                     {"rpn.onnx", test::smallmunich_rpn()}})));
    const SensorSpec sensor = read_sensor_yaml(store(
        "sensor.yaml",
        "version: 1\ntranslation: [0.5, -1.25, 1.73]\nintensity_scale: 0.00392156862745098\n"));
    add("sensor",
        bits(sensor.translation[1]) + bits(sensor.translation[2]) + bits(sensor.intensity_scale));
  }

  void write_reports() {
    const Detections d = one_box();
    add("json", json_line("a.bin", d, classes_));
    add("csv", csv_header(true) + csv_rows("a.bin", d, classes_));
    add("table", box_table(d, classes_) + stats_text(d));
    PictureInput picture;
    const std::vector<float> point{1.5F, -2.25F, 3.125F, 0.5F};
    picture.cloud = view_xyzi(point.data(), 1);
    picture.boxes = d.boxes;
    picture.classes = classes_;
    picture.range = {0, 20.48, -10.24, 10.24};
    picture.milliseconds = 12.5;
    picture.long_side = 600;
    write_bev_picture(picture, path("picture.png"));
    add("picture", content(path("picture.png")));
    Graph graph = test::smallmunich_rpn();
    graph.nodes.push_back(
        {"", "LeakyRelu", op::LeakyRelu{0.125F}, {graph.inputs[0]}, {graph.outputs[0]}});
    add("graph", to_text(graph));
  }

  void refuse() {
    add("comma in a cloud", refusal([&] {
          read_cloud(
              store("comma.pcd",
                    "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 1\n"
                    "HEIGHT 1\nPOINTS 1\nDATA ascii\n1,5 2 3\n"));
        }));
    add("comma in sensor.yaml", refusal([&] {
          read_sensor_yaml(store("comma.yaml", "version: 1\nintensity_scale: 0,5\n"));
        }));
    const std::vector<GraphFile> kitti{{"p.onnx", test::cuda_pointpillars_graph()}};
    for (const char* const value : {"1,5", "1.5"}) {
      const std::vector<std::string> settings{std::string("post.score_threshold=") + value};
      add(std::string("threshold ") + value,
          refusal([&] { import_preset("cuda-pointpillars", kitti, settings); }));
    }
    DetectorOptions options;
    options.score_threshold = 1.5F;
    add("threshold of a detector", refusal([&] { Detector::open(demo_model(), options); }));
  }

  void detect() {
    Detector detector = Detector::open(demo_model());
    Random random(1);
    std::vector<float> points;
    for (int heap = 0; heap < 20; ++heap) {
      const double x = random.uniform(1, 19), y = random.uniform(-9, 9);
      for (int i = 0; i < 400; ++i) {
        for (const double middle : {x, y, -1.0}) {
          points.push_back(static_cast<float>(middle + 0.5 * random.normal()));
        }
        points.push_back(static_cast<float>(random.uniform()));
      }
    }
    Detections d;
    detector.detect(view_xyzi(points.data(), points.size() / 4), d);
    d.times_ms = {};
    add("detections", json_line("a.bin", d, detector.engine().model().classes));
  }

  const std::string& demo_model() {
    if (demo_model_.empty())
      demo_model_ = sample::write_demo_model(path("demo"), 2026, sample::kSmall);
    return demo_model_;
  }

  TemporaryFolder folder_;
  std::string demo_model_;
  const std::vector<std::string> classes_{"CYCLIST"};
  Map facts_;
};

/// Back to the C locale, whatever the test did.
struct LocaleGuard {
  LocaleGuard() { ::setenv("LOCPATH", COLONNADE_LOCALES, 1); }
  ~LocaleGuard() {
    std::locale::global(std::locale::classic());
    std::setlocale(LC_ALL, "C");
  }
};

void expect_same(const Facts::Map& found, const Facts::Map& expected, const char* after) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, value] : expected) EXPECT_EQ(found.at(name), value) << name << after;
}

class Locale : public ::testing::TestWithParam<const char*> {};

TEST_P(Locale, ChangesNothing) {
  Facts facts;
  const LocaleGuard guard;
  const auto expected = facts.gather();
  if (std::setlocale(LC_ALL, GetParam()) == nullptr) {
    GTEST_SKIP() << "this machine can't make " << GetParam() << ": install the package locales";
  }
  expect_same(facts.gather(), expected, " after setlocale");
  std::locale::global(std::locale(GetParam()));
  expect_same(facts.gather(), expected, " after std::locale::global");
}

INSTANTIATE_TEST_SUITE_P(Of, Locale,
                         ::testing::Values("de_DE.UTF-8",       // Decimal comma, thousands' point.
                                           "tr_TR.UTF-8",       // tolower('I') is 'I'.
                                           "tr_TR.ISO-8859-9",  // tolower('I') is 0xFD.
                                           "ps_AF.UTF-8"),      // A decimal separator of two bytes.
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           for (char& c : name) {
                             if (c == '.' || c == '-') c = '_';
                           }
                           return name;
                         });

TEST(Facts, HoldWhatTheySay) {
  Facts facts;
  const auto found = facts.gather();
  EXPECT_NE(found.at("pcd").find("intensity@"), std::string::npos);
  EXPECT_NE(found.at("comma in a cloud").find("1,5"), std::string::npos);
  EXPECT_NE(found.at("threshold of a detector").find("1.5"), std::string::npos);
  EXPECT_NE(found.at("detections").find("\"score\": 0."), std::string::npos);
  for (const auto& [name, value] : found) {
    EXPECT_FALSE(value.empty()) << name;
    EXPECT_NE(value, "not refused") << name;
  }
}

}  // namespace
}  // namespace colonnade::testing
