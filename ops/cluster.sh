# What `ops/run --cluster N` does: brokers, a topic that holds the log, and N nodes on ports that follow one another. Sourced by ops/run,
# which has made the log in $data/made; $listen is the first node's address. Who is killed is started again; all that runs ends with it.
# shellcheck shell=bash disable=SC2154

cluster_pids=()  # by number of the node, from 1

cluster_stop() {
  local pid
  trap - EXIT INT TERM
  for pid in "${cluster_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  wait
  ops/kafka/stop --data "$data/kafka"
}

cluster_address() { echo "${listen%:*}:$((${listen##*:} + $1 - 1))"; }  # cluster_address I

# Settings of node I: what all share, and its own.
cluster_settings() {  # cluster_settings I
  cat <<YAML
data: $data/node-$1
listen: $(cluster_address "$1")
log: kafka
kafka: {brokers: "$bootstrap", topic: pioneer, copies: 1}
master_key: $data/made/keys/master
YAML
}

# A log that was made in a directory goes into the topic as it is; the first node begins with its keys and uploads. The key that signs for
# the log is settled first: whoever asks for it at the directory later is shown the one by which the nodes sign.
cluster_first_node() {
  "$bin/pioneer" keys show --verifier --data "$data/made" >/dev/null
  "$bin/pioneer" log copy "$data/made" "$data/node-1.yaml"
  rm -rf "$data/node-1.new"
  mkdir "$data/node-1.new"
  cp -r "$data/made/keys" "$data/made/blobs" "$data/node-1.new"
  mv "$data/node-1.new" "$data/node-1"  # whole, or not there
}

# Each further node needs the key that signs for the log; all other keys come to it through the topic.
cluster_node_keys() {  # cluster_node_keys I
  local file
  mkdir -p "$data/node-$1/keys"
  for file in log-signing log-verifier; do
    if [[ ! -f $data/node-$1/keys/$file ]]; then cp "$data/node-1/keys/$file" "$data/node-$1/keys/$file"; fi
  done
}

cluster_start_node() {  # cluster_start_node I [OPTION…]
  "$bin/pioneerd" --config "$data/node-$1.yaml" "${@:2}" 2>&"$cluster_says" {cluster_lock}>&- &
  cluster_pids[$1]=$!
}

# Until no node is left: who was killed is started again; a node that ended by itself, or was asked to, stays away, and how it comes
# back is told.
cluster_watch() {  # cluster_watch [OPTION…]
  local i status command
  while ((${#cluster_pids[@]})); do
    sleep 0.5
    if ! ops/kafka/status --data "$data/kafka" >/dev/null; then
      echo "The broker is gone. It is started again; until then nothing can be recorded, and reading goes on."
      if ops/kafka/start --data "$data/kafka" >/dev/null 2>&"$cluster_says" {cluster_says}>&- {cluster_lock}>&-; then echo "The broker is back."; fi
    fi
    for i in "${!cluster_pids[@]}"; do
      if kill -0 "${cluster_pids[i]}"; then continue; fi
      status=0
      wait "${cluster_pids[i]}" || status=$?
      unset "cluster_pids[i]"
      if ((status == 137)); then
        cluster_start_node "$i" "$@"
        echo "Node $i was killed. It is started again, as process ${cluster_pids[i]}."
      else
        command=("$bin/pioneerd" --config "$data/node-$i.yaml" "$@")
        echo "Node $i has ended, with exit code $status. To have it again, from this folder (it is then yours to stop): ${command[*]}"
      fi
    done
  done
}

cluster_serve() {  # cluster_serve COUNT [OPTION…]: more options for every node
  local count=$1 i
  shift
  # Held by this shell alone: a broker or a node that outlives it is nobody who serves the town.
  exec {cluster_lock}>"$data/cluster.lock"
  if ! flock -n "$cluster_lock"; then
    echo "ops/run: another ops/run --cluster serves $data; stop that one first, or give this one another --data" >&2
    exit 3
  fi
  trap cluster_stop EXIT
  trap 'exit 130' INT TERM
  bootstrap=$(ops/kafka/start --data "$data/kafka" --port 0 {cluster_lock}>&- | tail -n 1)
  exec {cluster_says}>&2
  for ((i = 1; i <= count; ++i)); do cluster_settings "$i" >"$data/node-$i.yaml"; done
  if [[ ! -d $data/node-1 ]]; then
    cluster_first_node
  elif [[ -f $data/made/demo-tokens.txt ]]; then
    links_anew "$data/made/demo-tokens.txt" --config "$data/node-1.yaml"
  fi
  for ((i = 1; i <= count; ++i)); do
    if ((i > 1)); then cluster_node_keys "$i"; fi
    cluster_start_node "$i" "$@"
    # The first brings the keys of the log to the others.
    until curl -sf "http://$(cluster_address "$i")/readyz" >/dev/null; do
      if ! kill -0 "${cluster_pids[i]}" 2>/dev/null; then exit 3; fi
      sleep 0.2
    done
  done
  echo "One town through $count ports. Kill whom you like (kill -9 PROCESS): what was answered stays, and who was killed is started again."
  for i in "${!cluster_pids[@]}"; do echo "  node $i    http://$(cluster_address "$i")  process ${cluster_pids[i]}"; done
  echo "  broker    $bootstrap  process $(cat "$data/kafka/broker-1/pid")"
  echo "Who writes: $bin/pioneer cluster status --config $data/node-1.yaml"
  echo "Stop with Ctrl-C."
  cluster_watch "$@" 2>/dev/null  # Bash has words of its own on each that was killed
}
