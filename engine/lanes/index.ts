export { type LaneLimits, type LaneRefusal, Lanes, type LaneWork } from './lanes.ts';
