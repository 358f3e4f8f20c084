# What `ops/run --cluster N` does: brokers, a topic that holds the log, and N nodes on ports that follow one another. Sourced by ops/run,
# which has made the log in $data/made; $listen is the first node's address. All that runs ends with it.
# shellcheck shell=bash disable=SC2154

cluster_pids=()

cluster_stop() {
  local pid
  trap - EXIT INT TERM
  for pid in "${cluster_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  wait
  ops/kafka/stop --data "$data/kafka"
}

# Settings of node I (from 1): what all share, and its own.
cluster_settings() {  # cluster_settings I
  cat <<YAML
data: $data/node-$1
listen: ${listen%:*}:$((${listen##*:} + $1 - 1))
log: kafka
kafka: {brokers: "$bootstrap", topic: pioneer, copies: 1}
master_key: $data/made/keys/master
YAML
}

# A log that was made in a directory goes into the topic as it is; the first node begins with its keys and uploads.
cluster_first_node() {
  "$bin/pioneer" log copy "$data/made" "$data/node-1.yaml"
  mkdir -p "$data/node-1"
  cp -r "$data/made/keys" "$data/made/blobs" "$data/node-1"
}

# Each further node needs the key that signs for the log; all other keys come to it through the topic.
cluster_node_keys() {  # cluster_node_keys I
  local file
  mkdir -p "$data/node-$1/keys"
  for file in log-signing log-verifier; do
    if [[ -f $data/made/keys/$file && ! -f $data/node-$1/keys/$file ]]; then cp "$data/made/keys/$file" "$data/node-$1/keys/$file"; fi
  done
}

cluster_serve() {  # cluster_serve COUNT [OPTION…]: more options for every node
  local count=$1 i address
  shift
  bootstrap=$(ops/kafka/start --data "$data/kafka" --port 0 | tail -n 1)
  trap cluster_stop EXIT
  trap 'exit 130' INT TERM
  for ((i = 1; i <= count; ++i)); do cluster_settings "$i" >"$data/node-$i.yaml"; done
  if [[ ! -d $data/node-1 ]]; then cluster_first_node; fi
  for ((i = 1; i <= count; ++i)); do
    cluster_node_keys "$i"
    "$bin/pioneerd" --config "$data/node-$i.yaml" "$@" &
    cluster_pids+=($!)
    address=${listen%:*}:$((${listen##*:} + i - 1))
    # The first brings the keys of the log to the others.
    until curl -sf "http://$address/readyz" >/dev/null; do
      if ! kill -0 "${cluster_pids[-1]}" 2>/dev/null; then exit 3; fi
      sleep 0.2
    done
  done
  echo "One town through $count ports: http://$listen is the first. Who writes: $bin/pioneer cluster status --config $data/node-1.yaml"
  echo "Stop with Ctrl-C."
  wait
}
