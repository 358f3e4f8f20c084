#!/usr/bin/env bash
# What start, stop and status share. Sourced by them; `data` is the cluster's directory.
# A cluster's directory holds: bootstrap (host:port,… for clients) and a folder for each broker (broker.properties, log/, pid,
# broker.log).

# The process of a broker, if it runs: its number may have gone to somebody else since.
pid_of() {  # pid_of BROKER_FOLDER
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF "$1/broker.properties" || return 1
  echo "$pid"
}

stop_brokers() {
  local folder pid tries pids=()
  for folder in "${data:?}"/broker-*; do
    if pid=$(pid_of "$folder"); then
      kill -TERM "$pid" 2>/dev/null || true
      pids+=("$pid")
    fi
  done
  for pid in "${pids[@]}"; do
    tries=0
    while kill -0 "$pid" 2>/dev/null; do
      if ((++tries > 300)); then
        kill -KILL "$pid" 2>/dev/null || true
      fi
      sleep 0.1
    done
  done
  rm -f "$data"/broker-*/pid
}
