// The plugins as IPluginV3, from TensorRT 10 on.
#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

using nvinfer1::AsciiChar;
using nvinfer1::DynamicPluginTensorDesc;
using nvinfer1::PluginTensorDesc;

std::vector<PluginTensorDesc> largest(const DynamicPluginTensorDesc* tensors, std::size_t number) {
  std::vector<PluginTensorDesc> descs;
  for (std::size_t i = 0; i < number; ++i) {
    descs.push_back(tensors[i].desc);
    descs.back().dims = tensors[i].max;
  }
  return descs;
}

class Shim final : public nvinfer1::IPluginV3,
                   public nvinfer1::IPluginV3OneCore,
                   public nvinfer1::IPluginV3OneBuild,
                   public nvinfer1::IPluginV3OneRuntime {
 public:
  Shim(const PluginKind& kind, Attributes attributes, std::unique_ptr<Plugin> plugin)
      : kind_(kind),
        attributes_(std::move(attributes)),
        plugin_(std::move(plugin)),
        fields_(attributes_.fields()),
        collection_{static_cast<std::int32_t>(fields_.size()), fields_.data()} {}

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override {
    switch (type) {
      case nvinfer1::PluginCapabilityType::kCORE: return static_cast<IPluginV3OneCore*>(this);
      case nvinfer1::PluginCapabilityType::kBUILD: return static_cast<IPluginV3OneBuild*>(this);
      case nvinfer1::PluginCapabilityType::kRUNTIME: return static_cast<IPluginV3OneRuntime*>(this);
    }
    return nullptr;
  }
  IPluginV3* clone() noexcept override { return new Shim(kind_, attributes_, plugin_->clone()); }

  const AsciiChar* getPluginName() const noexcept override { return kind_.name; }
  const AsciiChar* getPluginVersion() const noexcept override { return kPluginVersion; }
  const AsciiChar* getPluginNamespace() const noexcept override { return ""; }

  std::int32_t getNbOutputs() const noexcept override { return plugin_->outputs(); }
  std::int32_t configurePlugin(const DynamicPluginTensorDesc*, std::int32_t,
                               const DynamicPluginTensorDesc*, std::int32_t) noexcept override {
    return 0;
  }
  std::int32_t getOutputDataTypes(nvinfer1::DataType* types, std::int32_t outputs,
                                  const nvinfer1::DataType* inputs,
                                  std::int32_t) const noexcept override {
    for (std::int32_t i = 0; i < outputs; ++i) types[i] = plugin_->output_type(i, inputs[0]);
    return 0;
  }
  std::int32_t getOutputShapes(const nvinfer1::DimsExprs* inputs, std::int32_t,
                               const nvinfer1::DimsExprs*, std::int32_t,
                               nvinfer1::DimsExprs* shapes, std::int32_t outputs,
                               nvinfer1::IExprBuilder& build) noexcept override {
    for (std::int32_t i = 0; i < outputs; ++i) shapes[i] = plugin_->output_shape(i, inputs, build);
    return 0;
  }
  bool supportsFormatCombination(std::int32_t at, const DynamicPluginTensorDesc* tensors,
                                 std::int32_t inputs, std::int32_t) noexcept override {
    return inputs == plugin_->inputs() &&
           tensors[at].desc.format == nvinfer1::TensorFormat::kLINEAR &&
           plugin_->takes(count(at), largest(tensors, count(at) + 1));
  }
  std::size_t getWorkspaceSize(const DynamicPluginTensorDesc* inputs, std::int32_t number,
                               const DynamicPluginTensorDesc*,
                               std::int32_t) const noexcept override {
    return plugin_->workspace(largest(inputs, count(number)));
  }

  std::int32_t onShapeChange(const PluginTensorDesc*, std::int32_t, const PluginTensorDesc*,
                             std::int32_t) noexcept override {
    return 0;
  }
  std::int32_t enqueue(const PluginTensorDesc* in, const PluginTensorDesc*,
                       const void* const* inputs, void* const* outputs, void* workspace,
                       cudaStream_t stream) noexcept override {
    return run(kind_, *plugin_, in, inputs, outputs, workspace, stream);
  }
  IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override {
    return clone();
  }
  const nvinfer1::PluginFieldCollection* getFieldsToSerialize() noexcept override {
    return &collection_;
  }

 private:
  const PluginKind& kind_;
  const Attributes attributes_;
  std::unique_ptr<Plugin> plugin_;
  std::vector<nvinfer1::PluginField> fields_;  ///< Views of attributes_.
  nvinfer1::PluginFieldCollection collection_;
};

class Creator final : public PluginCreator {
 public:
  explicit Creator(const PluginKind& kind)
      : kind_(kind),
        fields_(kind.defaults.fields()),
        collection_{static_cast<std::int32_t>(fields_.size()), fields_.data()} {}

  const AsciiChar* getPluginName() const noexcept override { return kind_.name; }
  const AsciiChar* getPluginVersion() const noexcept override { return kPluginVersion; }
  const AsciiChar* getPluginNamespace() const noexcept override { return ""; }
  const nvinfer1::PluginFieldCollection* getFieldNames() noexcept override { return &collection_; }

  /// Building and loading are the same: a plan keeps the attributes.
  nvinfer1::IPluginV3* createPlugin(const AsciiChar*, const nvinfer1::PluginFieldCollection* fields,
                                    nvinfer1::TensorRTPhase) noexcept override {
    Attributes attributes = kind_.defaults;
    std::string problem;
    if (!attributes.read(*fields, problem)) {
      tell(kind_.name, problem);
      return nullptr;
    }
    std::unique_ptr<Plugin> plugin = make(kind_, attributes);
    if (plugin == nullptr) return nullptr;
    return new Shim(kind_, std::move(attributes), std::move(plugin));
  }

 private:
  const PluginKind& kind_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_;
};

}  // namespace

PluginCreator* new_creator(const PluginKind& kind) {
  return new Creator(kind);
}

}  // namespace colonnade::plugins
