package main

import (
	"os"
	"path/filepath"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/opencv"
	"oblik/matcher/openvino"
	"oblik/matcher/weights"
	"oblik/models"
)

// The engines that run the networks.
const (
	engineAuto     = "auto" // OpenVINO where it loads, else OpenCV
	engineOpenCV   = "opencv"
	engineOpenVINO = "openvino"
)

// networkFlags say which networks there are and what runs them.
type networkFlags struct {
	weightsFlags
	Detector    string `help:"Id of the detector's weights." default:"yunet-2023mar-int8bq"`
	Recogniser  string `help:"Id of the recogniser's weights." default:"sface-2021dec-int8bq"`
	Engine      string `help:"What runs the networks: openvino, opencv, or auto, which is OpenVINO where it loads." enum:"auto,opencv,openvino" default:"auto"`
	OpenvinoDir string `help:"Folder of OpenVINO's libraries. Default: .cache/openvino beside the program's folder if there, else ~/.local/share/oblik/openvino if there, else where the system has them." type:"path"`
	CompiledDir string `help:"Folder that keeps compiled networks for the next start; it must be this user's alone. Default: compiled in the folder of the weights." type:"path"`
}

func (f networkFlags) openvinoFolder() string {
	if f.OpenvinoDir != "" {
		return f.OpenvinoDir
	}
	folders := []string{filepath.Join(dataHome(), "openvino")}
	if self, err := os.Executable(); err == nil {
		folders = append([]string{filepath.Join(filepath.Dir(self), "..", ".cache", "openvino")}, folders...)
	}
	for _, dir := range folders {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return filepath.Clean(dir)
		}
	}
	return openvino.System
}

func (f networkFlags) compiledFolder() string {
	if f.CompiledDir != "" {
		return f.CompiledDir
	}
	return filepath.Join(f.weightsFolder(), "compiled")
}

// stages loads the networks and gives the stages of one pipeline.
func (f networkFlags) stages(p matcher.Params) (matcher.Stages, error) {
	detect, err := weights.Load(f.weightsFolder(), f.Detector, weights.Detect)
	if err != nil {
		return matcher.Stages{}, err
	}
	recognise, err := weights.Load(f.weightsFolder(), f.Recogniser, weights.Recognise)
	if err != nil {
		return matcher.Stages{}, err
	}
	nets, err := f.networks(detect, recognise, p.LongSide)
	if err != nil {
		return matcher.Stages{}, err
	}
	return opencv.NewStages(nets, recognise.Manifest, p)
}

// networks loads both with the engine asked for.
func (f networkFlags) networks(detect, recognise weights.Loaded, longSide int) (opencv.Networks, error) {
	if f.Engine == engineOpenCV {
		return opencv.NewNetworks(detect, recognise, longSide)
	}
	nets, err := f.onOpenVINO(detect, recognise, longSide)
	if err == nil || f.Engine == engineOpenVINO {
		return nets, err
	}
	why := err
	nets, err = opencv.NewNetworks(detect, recognise, longSide)
	nets.Engine += " (no OpenVINO: " + reason(why) + ")"
	return nets, err
}

// onOpenVINO runs the detector in float32, whose points bfloat16 would move,
// and the recogniser in what is fastest here.
func (f networkFlags) onOpenVINO(detect, recognise weights.Loaded, longSide int) (n opencv.Networks, err error) {
	if len(recognise.Manifest.Outputs) != 1 {
		return n, models.Errorf("engine", models.Invalid, "weights %s have several outputs", f.Recogniser)
	}
	lib, err := openvino.Open(f.openvinoFolder())
	if err != nil {
		return n, err
	}
	n.Engine = "OpenVINO " + lib.Version() + ", recogniser in " + string(lib.Best())
	if err := openvino.Keeps(f.compiledFolder()); err != nil {
		n.Engine += " (compiled anew at each start: " + reason(err) + ")"
	}
	plan := openvino.Plan{Side: longSide, Outputs: face.OutputNames(), Precision: openvino.F32, Folder: f.compiledFolder()}
	if n.Detector, err = lib.NewNetwork(detect, plan); err != nil {
		return n, err
	}
	plan.Side, plan.Outputs, plan.Precision = face.CropSide, recognise.Manifest.Outputs, lib.Best()
	if n.Recogniser, err = lib.NewNetwork(recognise, plan); err != nil {
		n.Close()
	}
	return n, err
}
