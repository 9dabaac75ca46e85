/*
 * step.h - places at which the crash tests end the process.
 *
 * Only a build with -DPRG_STEPS has them: it sends itself SIGKILL at the step
 * that the variable PRG_STEP names, the PRG_STEP_AFTER-th time it comes there.
 */
#ifndef PRG_STEP_H
#define PRG_STEP_H

#ifdef PRG_STEPS
void	prg_step(const char *name);
#else
#define prg_step(name)	((void)0)
#endif

#endif
