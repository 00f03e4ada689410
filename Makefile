# make demo: install what is missing, build, detect on a sample sweep, leave a picture.
# make test: install what is missing, build, run every test.
BUILD ?= build
JOBS ?= $(shell nproc)

.PHONY: demo test build deps clean help
help:
	@echo "make demo   detect on a sample sweep and draw $(BUILD)/demo/detections.png"
	@echo "make test   build and run every test"
	@echo "make build  only build (BUILD=$(BUILD) JOBS=$(JOBS))"

deps:
	@tools/install_dependencies.sh

build: deps
	@cmake -S . -B $(BUILD) -G Ninja $(CMAKE_ARGS) >$(BUILD).configure.log 2>&1 || { cat $(BUILD).configure.log; exit 1; }
	@rm -f $(BUILD).configure.log
	@cmake --build $(BUILD) -j $(JOBS)

demo: CMAKE_ARGS += -DCOLONNADE_TESTS=OFF
demo: BUILD := $(BUILD)-demo
demo: build
	@tools/demo.sh $(BUILD)

test: build
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

clean:
	rm -rf $(BUILD) $(BUILD)-demo
