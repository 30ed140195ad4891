#!/bin/sh
# sbatch --requeue under PreemptMode=REQUEUE with a GraceTime: a preempted job gets SIGTERM, and what is left of it SIGKILL
# once the grace is over. One would guess that it is queued again whichever of the two ends it. A job that ignores the signal
# is; one that heeds it, saves and ends with 143 within the grace has FAILED, and is gone: unless it calls scontrol requeue,
# as refrain's batch script does (README, "On many processes"; tests/slurm/part.ts).
#
# Needs Debian's slurm-wlm (22.05.8) and munge, no systemd, and root: a controller and a node of their own in a temporary folder.
set -eu
folder=$(mktemp -d)
chmod 755 "$folder"
daemons=
end() {
  for pid in $daemons; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap end EXIT
cd "$folder"
mkdir munge state spool
head -c 128 /dev/urandom > munge/key
chmod 400 munge/key
export SLURM_CONF="$folder/slurm.conf"
cat > slurm.conf <<CONF
ClusterName=finding
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
NodeName=node NodeHostname=$(hostname) NodeAddr=127.0.0.1 CPUs=1
PartitionName=low Nodes=node PriorityTier=1 GraceTime=10
PartitionName=high Nodes=node PriorityTier=2 PreemptMode=OFF
CONF
munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" 2>/dev/null &
daemons="$! $daemons"
until [ -e munge/socket ]; do sleep 0.2; done
slurmctld -D 2>/dev/null &
daemons="$! $daemons"
slurmd -D -N node 2>/dev/null &
daemons="$! $daemons"
until sinfo -h -o %T 2>/dev/null | grep -q idle; do sleep 0.2; done

printf '#!/bin/bash\nsrun bash -c "trap %s TERM; while true; do sleep 0.1; done"\n' "'exit 143'" > heeds.sh
printf '#!/bin/bash\nsrun bash -c "trap %s TERM; while true; do sleep 0.1; done"\n' "''" > ignores.sh

# What becomes of a job that is preempted.
preempted() {
  job=$(sbatch --parsable --requeue -p low -o /dev/null "$1")
  until squeue -h -j "$job" -o %T | grep -q RUNNING; do sleep 0.2; done
  sleep 1 # its step has begun
  sbatch -W -p high -o /dev/null --wrap=true > /dev/null
  scontrol show -o job "$job" | grep -oE '(JobState|Restarts)=[A-Z0-9]+' | tr '\n' ' '
  scancel "$job" 2>/dev/null || true
}
ignores=$(preempted ignores.sh)
heeds=$(preempted heeds.sh)
sbatch --version
echo "a job that ignores SIGTERM: $ignores"
echo "a job that ends by it, with 143: $heeds"
[ "$ignores" = "JobState=PENDING Restarts=1 " ] && [ "$heeds" = "JobState=FAILED Restarts=0 " ]
