// Command oblik is a face-matching service and the tools around it: it serves
// OSIA Biometrics over HTTP, enrols, verifies, identifies and erases from the
// command line, looks after the weights and measures itself.
//
// Each subcommand has a file of its own. Only this package builds concrete
// things; everything else knows the others by their seams.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"oblik/api"
	"oblik/models"
)

// Exit statuses.
const (
	exitMatch = 0 // and success in general
	exitNo    = 1 // no match, or not all is as it should be
	exitError = 2
)

// cli is the command line; each field is a subcommand.
type cli struct {
	Config  string           `help:"Configuration file: one JSON object, flag names as keys." placeholder:"FILE" type:"path"`
	Version kong.VersionFlag `help:"Print the version."`

	Serve       serveCmd       `cmd:"" help:"Serve OSIA Biometrics over HTTP."`
	Enroll      enrollCmd      `cmd:"" help:"Enrol photographs of a person."`
	Verify      verifyCmd      `cmd:"" help:"Compare a photograph with a person on record, or two photographs."`
	Identify    identifyCmd    `cmd:"" help:"Search who on record is in a photograph."`
	Erase       eraseCmd       `cmd:"" help:"Erase a person: records, templates and photographs."`
	Unlock      unlockCmd      `cmd:"" help:"Clear a person's failed verifications, or list who is locked."`
	Status      statusCmd      `cmd:"" help:"Tell whether the service and its stores are well, and what to do if not."`
	Sweep       sweepCmd       `cmd:"" help:"Compare rows and images both ways; delete images that nothing names."`
	Migrate     migrateCmd     `cmd:"" help:"Bring a PostgreSQL database to this program's schema."`
	Token       tokenCmd       `cmd:"" help:"Issue an access token for the service."`
	Weights     weightsCmd     `cmd:"" help:"Import, list and verify the networks' weights."`
	Conformance conformanceCmd `cmd:"" help:"Check any OSIA Biometrics 1.6.1 service against the standard."`
	Bench       benchCmd       `cmd:"" help:"Measure accuracy and speed; make a calibration table."`
	Demo        demoCmd        `cmd:"" help:"Start a service on fresh data and show it at work on photographs."`
	Show        configCmd      `cmd:"" name:"config" help:"Print the configuration in force."`
	Worker      workerCmd      `cmd:"" hidden:"" help:"Extract templates for the service; reads images from standard input."`
}

// program is what every subcommand gets.
type program struct {
	ctx   context.Context // ends when the process is told to stop
	out   io.Writer
	err   io.Writer
	flags []*kong.Flag // of the subcommand, as set

	// parts lets a test put a fault between the service and what it works
	// with; it gets the data directory too. nil but in tests.
	parts func(api.Parts, string) api.Parts
}

// errNo ends a command with status 1 and no message: it has answered, and the
// answer is no match, or not as it should be.
var errNo = errors.New("no")

func main() { os.Exit(process(&program{}, os.Args[1:])) }

// process runs the program in this process, until a signal at the latest.
func process(p *program, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p.ctx, p.out, p.err = ctx, os.Stdout, os.Stderr
	return run(p, args)
}

// run is main without the process: it parses, runs and turns an error into an
// exit status.
func run(p *program, args []string) (status int) {
	var c cli
	exited := errors.New("exited")
	defer func() { // kong ends --help and its own errors through Exit
		if r := recover(); r != nil && r != exited { //nolint:errorlint // the very value panicked with
			panic(r)
		}
	}()
	parser, err := kong.New(&c,
		kong.Resolvers(newSettings(args)),
		kong.Vars{"version": "oblik " + version()},
		kong.Name("oblik"),
		kong.Description("Face matching to the public standard. Scores are -10*log10 of the false match rate among unrelated people of LFW: 40 is 1 in 10,000."),
		kong.Writers(p.out, p.err),
		kong.Exit(func(code int) { status = code; panic(exited) }),
	)
	if err != nil {
		return fail(p.err, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fail(p.err, err)
		fmt.Fprintln(p.err, "oblik --help lists the commands, oblik COMMAND --help its flags")
		return exitError
	}
	p.flags = k.Flags()
	err = k.Run(p)
	if errors.Is(err, errNo) {
		return exitNo
	}
	if err != nil {
		return fail(p.err, err)
	}
	return exitMatch
}

// fail prints an error in plain words.
func fail(w io.Writer, err error) int {
	fmt.Fprintln(w, "oblik:", cause(err))
	return exitError
}

// reason is the innermost of what is wrong, without its kind.
func reason(err error) string {
	var known *models.Error
	for errors.As(err, &known) && known.Err != nil {
		err = known.Err
	}
	return err.Error()
}

// cause is an error in plain words: what is wrong and, for errors of ours, no
// chain of operations before it.
func cause(err error) string {
	var known *models.Error
	if errors.As(err, &known) && known.Err != nil && known.Kind != models.Internal {
		return known.Kind.String() + ": " + known.Err.Error()
	}
	return err.Error()
}
