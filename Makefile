# The front door. `make demo` shows the product, `make check` proves it; both install what they need first.

SHELL := /bin/bash
.DEFAULT_GOAL := help

help: ## Show this list
	@echo 'Rebootless: keeps Linux servers patched without rebooting them.'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-16s %s\n", $$1, $$2 }'

setup: ## Install the system packages that building and testing need (Debian; root, else it prints the command)
	@scripts/setup

build: setup ## Compile and package everything, without tests
	mvn -q -B -DskipTests package

dist: build ## Put ready-to-run server, agent and command line under dist/
	scripts/dist

module-packages: setup ## Debian packages of the kernel module, for hosts with a compiler: common part and DKMS
	@scripts/module-packages

KERNEL ?= newest-6.1
module-package: setup ## Debian package of the kernel module prebuilt for one kernel build: KERNEL=newest-6.1
	@scripts/module-packages $(KERNEL)

server-package: build ## Debian package of the patch server for this kind of machine
	@scripts/server-package

agent-package: dist ## The agent's Debian package, and its tarball for other distributions
	@scripts/agent-package

host-packages: agent-package module-packages ## What hosts are installed from, for a patch server's install.d; KERNEL=… adds the module for a kernel build
	$(if $(filter command line environment,$(origin KERNEL)),@scripts/module-packages $(KERNEL))
	@scripts/host-packages

demo: setup ## The whole story on a real kernel: publish, enrol, patch 0 → 1 → 2 → 0 without a reboot, refuse what is tampered
	@scripts/demo

check: setup ## Everything that CI runs: unit, integration, kernel and system tests, on every JDK found
	@scripts/check

kernels: setup ## The kernel module's scenarios alone, on every supported kernel or on KERNELS=newest-5.10,newest-7; prints a table
	@scripts/kernels $(KERNELS)

kernels-long: setup ## The same with the full counts; the table is recorded under benchmarks/
	@scripts/kernels --long $(KERNELS)

check-long: setup ## The full counts of what `check` only samples; the result is recorded under benchmarks/
	@scripts/check --long

fuzz: setup ## Fuzz the kernel's bundle parser in user space; FUZZ_SECONDS=60 says for how long
	@scripts/fuzz $(FUZZ_SECONDS)

bench: setup ## Measure what is measured against others, and record it under benchmarks/
	@scripts/bench

bench-kernel: setup ## The kernel's part of it: a hand-over against `kpatch load` and bare finit_module
	@scripts/bench kernel

bench-agent: setup ## The agent's: memory, CPU and package of one that waits, with Debian's puppet-agent beside it
	@scripts/bench agent

bench-rollout: setup ## A rollout to HOSTS=10000 simulated hosts, two servers on one PostgreSQL, one of them killed midway
	@scripts/bench rollout

api-docs: ## Rewrite docs/openapi.json and docs/problems.md from the code; `check` compares them
	mvn -q -B -pl common-model,patch-server -am -Dtest='OpenApiTest,ProblemsPageTest' -Dsurefire.failIfNoSpecifiedTests=false -Drebootless.rewrite=true test

format: ## Format the Java sources
	mvn -q -B spotless:apply

clean: ## Remove what was built; downloaded kernels stay in .cache/
	mvn -q -B clean
	rm -rf dist kernel-module/build

.PHONY: help setup build dist module-packages module-package server-package agent-package host-packages demo check check-long kernels kernels-long fuzz bench bench-kernel bench-agent bench-rollout api-docs format clean
